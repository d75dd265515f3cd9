import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Backend, LaunchSpec } from '../../src-main/engine/backends/backend.ts';
import { Approvals } from '../../src-main/engine/gate/approvals.ts';
import { Gate } from '../../src-main/engine/gate/gate.ts';
import { Judge } from '../../src-main/engine/gate/judge.ts';
import { Offers } from '../../src-main/engine/gate/offers.ts';
import { Permit } from '../../src-main/engine/gate/permit.ts';
import type { Planned } from '../../src-main/engine/gate/plan-launch.ts';
import { Proposals } from '../../src-main/engine/gate/proposals.ts';
import { Ledger } from '../../src-main/engine/ledger/ledger.ts';
import type { MoneySettings } from '../../src-main/engine/ledger/money-settings.ts';
import { moneySettings } from '../../src-main/engine/ledger/money-settings.ts';
import { Supervisor } from '../../src-main/engine/supervisor/supervisor.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { isFinal } from '../../src-shared/job.ts';
import type { Candidate } from '../../src-shared/money/price.ts';
import { billingOf } from '../priced/backend.ts';
import type { Account, CallName, Calls } from '../priced/calls.ts';
import { rented } from '../priced/machines.ts';
import { Provider } from '../priced/provider.ts';
import type { Rental } from '../priced/rental.ts';
import { Crash, isDead, revive } from './crashing-disk.ts';
import type { SetRules } from './oracle.ts';
import { Oracle, allowedSec, must } from './oracle.ts';
import { SmallJobs } from './small-jobs.ts';
import { specOf, taskOf } from './small-tasks.ts';
import { TurnedClocks } from './turned-clocks.ts';

export const periodSec = 600;
const dayMs = 86_400_000;
const log = pino({ level: 'silent' });
const fast = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
/** Without files of settings, so that all of them stand in the environment. */
const noFiles = { TRANSECT_CONFIG: '/nonexistent/settings.yaml' };
const machines = rented.filter(({ id }) => ['small', 'vague', 'spot', 'euro', 'large'].includes(id));

/** The product’s parts of one engine’s life. */
export interface Parts {
  readonly ledger: Ledger;
  readonly approvals: Approvals;
  readonly judge: Judge;
  readonly gate: Gate;
  readonly proposals: Proposals;
  readonly supervisor: Supervisor;
  readonly billing: NonNullable<Backend['billing']>;
}

/** Spoils a part of the product, to prove that the oracle would notice. */
export type Spoil = (parts: Parts) => void;

export interface Choice {
  readonly timeoutSec: number;
  readonly mode: 'job' | 'cluster';
}

/**
 * A whole small world: the real gate, ledger and supervisor over real files, a provider, jobs, clocks, and the oracle that watches. Its
 * engine can die in any write, and a new one opens the same files.
 */
export class World {
  readonly clocks = new TurnedClocks();
  readonly folder = mkdtempSync(join(fast, 'transect-world-'));
  readonly provider = new Provider(() => this.clocks.true, machines, { provisionMs: 20_000, endMs: 5_000 });
  readonly oracle = new Oracle();
  readonly jobs = new SmallJobs(
    () => this.clocks.now(),
    (id) => this.#cancelled(id),
  );
  readonly env: Record<string, string> = {
    ...noFiles,
    TRANSECT_USD_PER: 'EUR=1.25',
    TRANSECT_SUPERVISE_SECONDS: `${periodSec}`,
  };
  /** Whether workers end when they are asked to. */
  hears = true;
  /** Happens once, in the middle of the next quote. */
  meanwhile: (() => Promise<void>) | null = null;
  parts: Parts | null = null;
  #rules: SetRules = { isSound: true, capJobUsd: 25, capDayUsd: 50, capWorkspaceUsd: 200 };
  #read: MoneySettings | null = null;
  readonly #spoil: Spoil;
  #stop = new AbortController();
  #latest = 0;
  /** Labels of launches that the provider may still act on. */
  readonly #mayCome = new Map<string, number>();
  /** Since when jobs are over, by the time this engine was awake for. */
  readonly #overSince = new Map<string, number>();

  constructor(spoil: Spoil = () => undefined) {
    this.#spoil = spoil;
    this.open();
  }

  end(): void {
    this.#stop.abort();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A new engine over the files of the one before. */
  open(): Parts {
    if (this.parts !== null) return this.parts;
    revive(this.folder);
    this.#stop = new AbortController();
    const root = { records: this.folder, workspaceFile: join(this.folder, 'transect.yaml') };
    // A new engine counts from its own first look where the time of day was set back meanwhile.
    this.#overSince.clear();
    const folders = { jobFolder: (id: JobId) => join('/jobs', id), jobRecords: (id: JobId) => join('/records', id) };
    const { clocks, jobs } = this;
    const money = this.#money(moneySettings(root, this.env));
    const onDamage = (cause: unknown) => must(false, `a record can’t be read: ${String(cause)}`);
    const ledger = new Ledger({ root, clock: clocks, onDamage });
    const approvals = new Approvals({ root, clock: clocks, ledger, onDamage });
    const judge = new Judge({ approvals, ledger, money });
    const bundle = { version: '1', sha256: '1' };
    const offers = new Offers({ root: folders, bundle, secrets: () => [], judge, approvals, money });
    const gate = new Gate({ approvals, ledger, judge, offers, jobs, log });
    const proposals = new Proposals({ gate, approvals, ledger, offers, jobs });
    const backend = this.backend();
    const supervisor = new Supervisor({
      ...{ ledger, clock: clocks, jobs, log, stop: this.#stop.signal, answerMs: 5 },
      backends: new Map([['skypilot', backend]]),
      settings: () => {
        const { values } = money();
        return { superviseSeconds: periodSec, usdPer: values.usd_per };
      },
    });
    this.parts = { ledger, approvals, judge, gate, proposals, supervisor, billing: backend.billing };
    this.#spoil(this.parts);
    return this.parts;
  }

  /** The settings as they are: read anew whenever any of them was changed, since reading them takes most of the time. */
  #money(read: () => MoneySettings): () => MoneySettings {
    return () => (this.#read ??= read());
  }

  /** Does something with the living engine. One that dies of it is gone; what the product refuses is its right. */
  async doing(act: (parts: Parts) => Promise<void> | void): Promise<void> {
    const parts = this.parts;
    if (parts === null) return;
    try {
      await act(parts);
    } catch (cause) {
      // What an engine that was ended in the middle of it says, nobody hears.
      if (this.parts === parts && !isDead() && !isRefusal(cause)) throw cause;
    }
    if (this.parts === parts && isDead()) this.kill();
    this.look();
  }

  kill(): void {
    this.#stop.abort(new Crash('killed'));
    this.parts = null;
    this.#overSince.clear();
  }

  /** What an engine does when it starts. */
  async restart(): Promise<void> {
    if (this.parts !== null) this.kill();
    this.open();
    await this.doing(async ({ proposals }) => {
      proposals.reconcile();
      for (const { id, state } of this.jobs.inStates('submitting', 'running', 'cancelling')) {
        const there = await this.account.ask('status', { label: id }, this.#stop.signal);
        if (there === null) this.jobs.move(id, 'lost');
        else if (state === 'submitting') this.jobs.move(id, 'running');
      }
      for (const { id } of this.jobs.inStates('draft')) this.jobs.move(id, 'cancelled');
    });
  }

  set(rules: Partial<SetRules>, env: Record<string, string>): void {
    this.#rules = { ...this.#rules, ...rules };
    Object.assign(this.env, env);
    this.#read = null;
  }

  /** The way to the provider of the engine that lives now: one that has died reaches nobody any more. */
  get account(): Account {
    const stop = this.#stop.signal;
    return {
      ask: async <N extends CallName>(name: N, input: Calls[N]['in'], signal: AbortSignal) => {
        const { meanwhile } = this;
        if (name === 'quote' && meanwhile !== null) {
          this.meanwhile = null;
          await meanwhile();
        }
        if (stop.aborted || isDead()) throw new Crash('the engine is dead');
        return this.provider.ask(name, input, AbortSignal.any([signal, stop, AbortSignal.timeout(5)]));
      },
    };
  }

  backend(): Backend & { readonly billing: NonNullable<Backend['billing']> } {
    const nothing = () => Promise.reject(new Error('not of this world'));
    return {
      ...{ id: 'skypilot', billing: billingOf({ need: 'billed', account: this.account }) },
      plan: (spec) => ({ image: 'worker@1', folder: spec.folder, timeout: spec.timeoutSec }),
      check: () => Promise.resolve({ available: true }),
      ...{ submit: nothing, find: nothing, watch: nothing, cancel: nothing, cleanup: nothing, report: nothing },
    };
  }

  planned({ timeoutSec, mode }: Choice): Planned {
    const { task, taskSha256 } = taskOf(timeoutSec, mode);
    return { task, taskSha256, inputs: [], offline: false, backend: this.backend() };
  }

  /** A launch as the queue and the back end make it. */
  async launch(id: JobId, between: () => Promise<void>): Promise<void> {
    await this.doing(async ({ gate, billing }) => {
      const planned = this.jobs.planned(id);
      const spec = specOf(id, planned);
      const leave = await gate.prepare(
        spec,
        planned.taskSha256,
        { ...planned.backend, ...this.backend(), billing },
        this.#stop.signal,
      );
      must(leave.kind !== 'free', 'something that costs was free');
      if (leave.kind !== 'ready') return this.oracle.tookBack(id);
      // A price that changes in the moment between answer and order is one that nobody could have known.
      const offered = this.provider.offers(planned.task.mode);
      await between();
      if (this.parts?.gate !== gate) return;
      const held = leave.use();
      if (held === null) return;
      must(Permit.is(held.permit), 'launched without a permit');
      await this.#submit(id, held, offered);
    });
  }

  async #submit(id: JobId, { permit }: LaunchSpec, offered: readonly Candidate[]): Promise<void> {
    const { plan } = permit!;
    const { candidate, bound, mode } = plan;
    this.oracle.launches(id, plan, {
      rules: this.#rules,
      time: this.clocks.true,
      ...this.#sight(),
      offered: offered.find((one) => one.id === candidate?.id) ?? null,
    });
    this.jobs.move(id, 'submitting');
    this.#mayCome.set(id, this.clocks.true);
    try {
      await this.account.ask(
        'launch',
        {
          ...{ label: permit!.entryId, name: id, mode, machine: candidate!.id, nodes: candidate!.nodes },
          autostop: { runSec: allowedSec(plan), idleSec: bound.idleSec },
        },
        this.#stop.signal,
      );
      this.jobs.move(id, 'running');
    } catch (cause) {
      if (isDead()) throw cause;
      this.jobs.move(id, 'failed');
    } finally {
      const fault = this.provider.log.findLast(({ name }) => name === 'launch')?.fault;
      if (fault === 'late') this.#mayCome.set(id, this.clocks.true + 300_000);
      else this.#mayCome.delete(id);
    }
  }

  /** The run of a job ends by itself. */
  finish(id: JobId): void {
    const { state } = this.jobs.all.get(id)!;
    if (state !== 'running' && state !== 'cancelling') return;
    this.jobs.move(id, state === 'running' ? 'succeeded' : 'cancelled');
    for (const rental of this.#rentalsOf(id)) if (this.hears) this.provider.commandEnded(rental.id);
  }

  #cancelled(id: JobId): void {
    if (this.hears) this.finish(id);
  }

  /** Time goes on, and the engine does in it what it does. */
  async pass(sec: number): Promise<void> {
    for (let left = sec; left > 0; left -= periodSec) {
      const step = Math.min(left, periodSec);
      this.clocks.pass(step);
      this.look();
      if (step === periodSec || this.#looksNow(sec)) await this.tick();
    }
  }

  #looksNow(sec: number): boolean {
    return sec >= 60;
  }

  async tick(): Promise<void> {
    const before = this.provider.log.length;
    const duties = this.#duties();
    await this.doing(async ({ supervisor, proposals }) => {
      await supervisor.tick();
      if (!isDead()) proposals.expire();
    });
    if (this.parts === null) return;
    const calls = this.provider.log.slice(before);
    const listed = calls.filter(({ name }) => name === 'list');
    if (listed.length === 0 || listed.some(({ fault }) => fault !== null)) return;
    for (const { rental, why } of duties) {
      const asked = calls.some(({ name, input }) => name === 'end' && (input as Calls['end']['in']).id === rental.id);
      must(asked || rental.ending !== null || rental.state === 'gone' || rental.state === 'stopped', why);
    }
  }

  /** What the engine must see to at its next look, if the provider answers. */
  #duties(): { rental: Rental; why: string }[] {
    const awake = this.clocks.monotonic();
    for (const id of this.oracle.launchedLabels()) {
      if (!isFinal(this.jobs.state(id as JobId))) this.#overSince.delete(id);
      else if (!this.#overSince.has(id)) this.#overSince.set(id, awake);
    }
    return this.oracle.launchedLabels().flatMap((id) => {
      const plan = this.oracle.planOf(id);
      const over = awake - (this.#overSince.get(id) ?? Infinity);
      return this.#rentalsOf(id).flatMap((rental) => {
        if (rental.state !== 'running') return [];
        const ran = rental.seconds('running', this.clocks.true);
        if (ran >= allowedSec(plan)) return [{ rental, why: `it outlives its bound: ${ran} s of ${allowedSec(plan)}` }];
        const idle = plan.mode === 'cluster' ? plan.bound.idleSec : 0;
        if (over >= (idle + 2 * periodSec) * 1_000) return [{ rental, why: 'its job is over, and it stays' }];
        return [];
      });
    });
  }

  /** What must hold at every moment. */
  look(): void {
    const known = this.#ledgerLabels();
    this.oracle.look(this.#sight());
    for (const { label, id } of this.provider.rentals())
      must(label === null || label.startsWith('other') || known.has(label), `the ledger does not know ${id}`);
    for (const { name, input } of this.provider.log.slice(this.#judged)) {
      if (name !== 'end') continue;
      const { label } = this.provider.rentals().find(({ id }) => id === (input as Calls['end']['in']).id)!;
      must(label !== null && !label.startsWith('other'), 'something of others was to be ended');
    }
    this.#judged = this.provider.log.length;
  }

  #judged = 0;

  /** As it stands in the file, read by nobody’s code but this. */
  #ledgerLabels(): Set<string> {
    const path = join(this.folder, 'ledger.ndjson');
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes === this.#labels.bytes) return this.#labels.known;
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const opened = lines.filter((line) => line.includes('"entry.opened"'));
    const known = new Set(opened.map((line) => /"entryId":"([^"]*)"/.exec(line)?.[1] ?? ''));
    // The product knows of no clock but by what it wrote.
    for (const line of lines) this.#latest = Math.max(this.#latest, Date.parse(/"at":"([^"]*)"/.exec(line)?.[1] ?? ''));
    this.#labels = { bytes, known };
    return known;
  }

  #labels = { bytes: 0, known: new Set<string>() };

  #sight() {
    const rentalsOf = (label: string) => ({
      rentals: this.#rentalsOf(label),
      mayCome: (this.#mayCome.get(label) ?? 0) >= this.clocks.true,
    });
    return { day: Math.floor(Math.max(this.#latest, this.clocks.now()) / dayMs), now: this.provider.now(), rentalsOf };
  }

  #rentalsOf(label: string): Rental[] {
    return this.provider.rentals().filter((rental) => rental.label === label);
  }
}

/** The product said no, in its own words, or the provider did. */
function isRefusal(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === 'AppError' || cause.name === 'TimeoutError');
}
