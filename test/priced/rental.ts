import type { FoundResource } from '../../src-main/engine/backends/billing.ts';
import type { Candidate, EndHow } from '../../src-shared/money/price.ts';

/** When the provider ends a rental by itself: so long after it began to run, or so long after its command has ended. */
export interface Autostop {
  readonly runSec: number;
  readonly idleSec: number;
}

/** A process of this machine that stands for the command on a rented one. */
export interface Attached {
  readonly pid: number;
  readonly startTime: string | null;
}

interface Span {
  readonly state: 'running' | 'stopped';
  readonly from: number;
  to: number | null;
}

/** What somebody rents, with all of its history in the provider's own time (ms). */
export class Rental {
  readonly id: string;
  readonly name: string;
  readonly label: string | null;
  /** The machine at the price of the moment of its launch. */
  readonly candidate: Candidate;
  readonly mode: 'job' | 'cluster';
  readonly autostop: Autostop | null;
  readonly createdAt: number;
  readonly spans: Span[] = [];
  goneAt: number | null = null;
  /** An order to end it that is being carried out. */
  ending: EndHow | null = null;
  idleSince: number | null = null;
  attached: Attached | null = null;

  constructor(parts: Pick<Rental, 'id' | 'name' | 'label' | 'candidate' | 'mode' | 'autostop' | 'createdAt'>) {
    this.id = parts.id;
    this.name = parts.name;
    this.label = parts.label;
    this.candidate = parts.candidate;
    this.mode = parts.mode;
    this.autostop = parts.autostop;
    this.createdAt = parts.createdAt;
  }

  get state(): FoundResource['state'] | 'gone' {
    if (this.goneAt !== null) return 'gone';
    const now = this.spans.at(-1)?.state;
    if (now === undefined) return 'starting';
    return this.ending !== null && now === 'running' ? 'stopping' : now;
  }

  get startedAt(): number | null {
    return this.spans.find(({ state }) => state === 'running')?.from ?? null;
  }

  /** Lets it go on in this state from a moment on. */
  turn(state: Span['state'] | 'gone', at: number): void {
    const last = this.spans.at(-1);
    if (last !== undefined) last.to = at;
    if (state === 'gone') this.goneAt = at;
    else this.spans.push({ state, from: at, to: null });
  }

  /** Seconds in a state up to a moment, in whole ones as they are billed. */
  seconds(state: Span['state'], now: number): number {
    const ms = this.spans.reduce((sum, span) => sum + (span.state === state ? (span.to ?? now) - span.from : 0), 0);
    return Math.ceil(ms / 1_000);
  }

  /** What it has cost up to a moment, in units of its currency. Reckoned on its own, so that it can judge the product's sums. */
  bill(now: number): number {
    const { rates, nodes } = this.candidate;
    let sum = 0;
    if (this.startedAt === null) return sum;
    for (const { per, amount, gb, stepSec, minimumSec, whenStopped } of rates) {
      const used = this.seconds('running', now) + (whenStopped ? this.seconds('stopped', now) : 0);
      const billed = Math.max(minimumSec, Math.ceil(used / stepSec) * stepSec);
      const price = amount ?? 0;
      if (per === 'node_hour') sum += (price * nodes * billed) / 3_600;
      else if (per === 'hour') sum += (price * billed) / 3_600;
      else if (per === 'gb_month') sum += (price * gb * nodes * billed) / (730 * 3_600);
      else if (per === 'gb') sum += price * gb;
      else sum += price;
    }
    return sum;
  }

  /** As it is listed. */
  found(): FoundResource {
    const { state, startedAt, candidate } = this;
    if (state === 'gone') throw new Error(`${this.id} is gone`);
    const hourly = candidate.rates.reduce((sum, { per, amount }) => {
      if (per === 'node_hour') return sum + (amount ?? 0) * candidate.nodes;
      return per === 'hour' ? sum + (amount ?? 0) : sum;
    }, 0);
    return {
      ...{ id: this.id, name: this.name, what: candidate.label, entryId: this.label, state },
      startedAt: startedAt === null ? null : new Date(startedAt).toISOString(),
      hourly: { currency: candidate.currency, amount: state === 'stopped' ? 0 : hourly },
      ends: this.ends,
    };
  }

  get ends(): EndHow[] {
    if (this.mode === 'job') return ['cancel'];
    return this.candidate.spot ? ['down'] : ['stop', 'down'];
  }
}
