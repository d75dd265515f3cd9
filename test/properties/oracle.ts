import { createHash } from 'node:crypto';
import type { LaunchPlan } from '../../src-shared/gate/plan.ts';
import type { Candidate } from '../../src-shared/money/price.ts';
import type { Rental } from '../priced/rental.ts';

/** The rules that a person set, as the oracle itself wrote them. `isSound`: nothing of them is malformed. */
export interface SetRules {
  readonly isSound: boolean;
  readonly capJobUsd: number;
  readonly capDayUsd: number;
  readonly capWorkspaceUsd: number;
}

/** Things as they are at a launch, from the outside. */
export interface Scene {
  readonly rules: SetRules;
  /** True time, ms. */
  readonly time: number;
  /** The UTC day of the latest moment that any clock ever showed. */
  readonly day: number;
  /** The machine that is rented, as the provider offers it at this moment. */
  readonly offered: Candidate | null;
  /** What the provider has of a label, and whether more may come of a call that it acts on late. */
  readonly rentalsOf: (label: string) => { readonly rentals: readonly Rental[]; readonly mayCome: boolean };
  readonly now: number;
}

interface Given {
  readonly jobId: string;
  readonly sha256: string;
  readonly at: number;
}

interface Launch {
  readonly plan: LaunchPlan;
  /** The day on which its last machine went; null while something is there. */
  goneDay: number | null;
}

const dayMs = 86_400_000;
/** Sums of floating-point bills against whole millionths. */
const dust = 1e-4;

/** What must hold whatever happens, judged from what persons did and what the provider has. Knows nothing of how the product does it. */
export class Oracle {
  readonly #given: Given[] = [];
  readonly #launched = new Map<string, Launch>();
  /** Clocks were set: times of day prove nothing any more. */
  clocksWereSet = false;

  /** A person approved, or may have: the engine died in it. */
  approved(jobId: string, sha256: string, at: number): void {
    this.tookBack(jobId);
    this.#given.push({ jobId, sha256, at });
  }

  /** A person took it back, or saw another plan since. */
  tookBack(jobId: string): void {
    for (const given of this.#given.filter((one) => one.jobId === jobId))
      this.#given.splice(this.#given.indexOf(given), 1);
  }

  launchedLabels(): string[] {
    return [...this.#launched.keys()];
  }

  planOf(label: string): LaunchPlan {
    const launch = this.#launched.get(label);
    if (launch === undefined) throw new Error(`${label} was not launched`);
    return launch.plan;
  }

  /** A launch is asked of the provider. Throws what it breaks. */
  launches(jobId: string, plan: LaunchPlan, scene: Scene): void {
    const sha256 = ownHash(plan);
    const given = this.#given.find((one) => one.jobId === jobId && one.sha256 === sha256);
    must(given !== undefined, 'launched without an unused approval of exactly this plan');
    this.#given.splice(this.#given.indexOf(given!), 1);
    must(!this.#launched.has(jobId), 'launched a second time');
    if (!this.clocksWereSet) must(scene.time - given!.at <= dayMs, 'launched with an approval of more than a day ago');
    must(scene.rules.isSound, 'launched while a setting that guards money was malformed');
    const { candidate, bound } = plan;
    must(
      candidate !== null && JSON.stringify(candidate) === JSON.stringify(scene.offered),
      'launched at another price',
    );
    this.#holdCaps(bound.totalMicroUsd / 1e6, scene);
    this.#launched.set(jobId, { plan, goneDay: null });
  }

  /** Notes which launches are over, by what the provider has. To be called often: it gives their day. */
  look(scene: Pick<Scene, 'day' | 'rentalsOf'>): void {
    for (const [label, launch] of this.#launched) {
      const { rentals, mayCome } = scene.rentalsOf(label);
      const isOver = !mayCome && rentals.every(({ goneAt }) => goneAt !== null);
      if (!isOver) launch.goneDay = null;
      else launch.goneDay ??= scene.day;
    }
  }

  #holdCaps(boundUsd: number, scene: Scene): void {
    this.look(scene);
    const costs = [...this.#launched].map(([label, { plan, goneDay }]) => {
      const { rentals } = scene.rentalsOf(label);
      const bill = rentals.reduce((sum, rental) => sum + rental.bill(scene.now) * plan.bound.usdPerUnit, 0);
      const most = plan.bound.totalMicroUsd / 1e6;
      // What runs on beyond its bound is another promise’s matter: nobody can know of it while the provider does not answer.
      return { goneDay, cost: goneDay === null ? most : Math.min(bill, most) };
    });
    const sum = (some: typeof costs) => some.reduce((total, { cost }) => total + cost, 0);
    const { capJobUsd, capDayUsd, capWorkspaceUsd } = scene.rules;
    const day = boundUsd + sum(costs.filter(({ goneDay }) => goneDay === null || goneDay >= scene.day));
    must(boundUsd <= capJobUsd + dust, `the cap of a job is exceeded: ${boundUsd} of ${capJobUsd}`);
    must(day <= capDayUsd + dust, `the cap of a day is exceeded: ${day} of ${capDayUsd}`);
    const all = boundUsd + sum(costs);
    must(all <= capWorkspaceUsd + dust, `the cap of the workspace is exceeded: ${all} of ${capWorkspaceUsd}`);
  }
}

/** For how long something may run by what was approved, s. */
export function allowedSec({ bound, mode }: LaunchPlan): number {
  return bound.runSec + (mode === 'cluster' ? bound.idleSec : 0);
}

export class Broken extends Error {}

export function must(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what);
}

/** The sha256 of a plan, by a canonical text of its own making (its keys are ASCII and its numbers plain, so sorting is all). */
export function ownHash(plan: unknown): string {
  return createHash('sha256').update(sorted(plan)).digest('hex');
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const pairs = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${sorted(one)}`);
  return `{${pairs.join(',')}}`;
}
