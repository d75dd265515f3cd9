import { join } from 'node:path';
import type { Backend } from '../../../src-main/engine/backends/backend.ts';
import type { Billing, FoundResource, Listing } from '../../../src-main/engine/backends/billing.ts';
import type { Clock } from '../../../src-main/engine/clock.ts';
import { Ledger } from '../../../src-main/engine/ledger/ledger.ts';
import type { JobEnd } from '../../../src-main/engine/supervisor/parts.ts';
import { Supervisor } from '../../../src-main/engine/supervisor/supervisor.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import type { BackendId, JobState } from '../../../src-shared/job.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { LedgerEvent } from '../../../src-shared/ledger.ts';
import { boundOf } from '../../../src-shared/money/bound.ts';
import type { Candidate, EndHow } from '../../../src-shared/money/price.ts';
import { readChain } from '../../../src-main/engine/store/chain.ts';
import { tempFolder } from '../../helpers/temp.ts';

export const jobId = JobId.parse('20260801t120000z-mean-ndvi-abcdef');
export const otherJob = JobId.parse('20260801t130000z-mean-ndvi-bcdefg');
const begin = Date.parse('2026-08-01T12:00:00Z');

export function machines(end: EndHow): Candidate {
  const rate = { gb: 0, stepSec: 1, minimumSec: 0, whenStopped: false };
  return {
    ...{ id: 'm', label: '1 × m', provider: 'cloud', region: 'r', instance: 'm', cpus: 2, memoryGb: 8, gpus: null },
    ...{ nodes: 1, spot: false, currency: 'USD', unknowns: [], end, endWords: '', unavailable: null },
    rates: [
      { ...rate, kind: 'compute', label: 'm', per: 'node_hour', amount: 3.6 },
      { ...rate, kind: 'disk', label: 'disk', per: 'hour', amount: 0.036, whenStopped: true },
    ],
  };
}

interface Rented extends FoundResource {
  readonly mode: 'job' | 'cluster';
}

/** A provider with a clock that no test of local clocks touches. */
export class Cloud implements Billing {
  readonly need = 'billed';
  readonly orders: { readonly at: number; readonly id: string; readonly how: EndHow }[] = [];
  /** Seconds since the beginning at which each was gone. */
  readonly goneAt = new Map<string, number>();
  lists = 0;
  saysTime = true;
  faults: { list?: 'fail' | 'hang' | 'empty'; end?: 'fail' | 'lose' | 'ignore' | 'hang' } = {};
  bills = new Map<string, { currency: string; amount: number; source: string }>();
  seconds = 0;
  #there: Rented[] = [];

  rent(id: string, mode: 'job' | 'cluster', more: Partial<FoundResource> = {}): void {
    const startedAt = new Date(begin + this.seconds * 1_000).toISOString();
    const ends: EndHow[] = mode === 'job' ? ['cancel'] : ['stop', 'down'];
    const own = { what: '1 × m', entryId: jobId, state: 'running', hourly: { currency: 'USD', amount: 3.6 } } as const;
    this.#there.push({ id, name: `transect-${id}`, mode, startedAt, ends, ...own, ...more });
  }

  change(id: string, more: Partial<FoundResource>): void {
    this.#there = this.#there.map((one) => (one.id === id ? { ...one, ...more } : one));
  }

  remove(id: string): void {
    this.#there = this.#there.filter((one) => one.id !== id);
    this.goneAt.set(id, this.seconds);
  }

  states(): Record<string, string> {
    return Object.fromEntries(this.#there.map(({ id, state }) => [id, state]));
  }

  quote(): Promise<Candidate[]> {
    return Promise.resolve([]);
  }

  list(signal: AbortSignal): Promise<Listing> {
    this.lists += 1;
    if (this.faults.list === 'fail')
      return Promise.reject(new AppError('backend_unavailable', 'The cloud does not answer.'));
    if (this.faults.list === 'hang')
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    const at = this.saysTime ? new Date(begin + this.seconds * 1_000).toISOString() : null;
    return Promise.resolve({ at, resources: this.faults.list === 'empty' ? [] : [...this.#there] });
  }

  end({ id }: { readonly id: string }, how: EndHow): Promise<void> {
    this.orders.push({ at: this.seconds, id, how });
    if (this.faults.end === 'hang') return new Promise(() => undefined);
    if (this.faults.end === 'fail') return Promise.reject(new AppError('backend_rejected', 'The cloud refuses.'));
    if (this.faults.end !== 'ignore') {
      if (how === 'stop') this.change(id, { state: 'stopped' });
      else this.remove(id);
    }
    if (this.faults.end === 'lose')
      return Promise.reject(new AppError('backend_unavailable', 'The cloud does not answer.'));
    return Promise.resolve();
  }

  actual({ entryId }: { readonly entryId: string }) {
    return Promise.resolve(this.bills.get(entryId) ?? null);
  }
}

interface Opened {
  readonly runSec?: number;
  readonly idleSec?: number;
  readonly end?: EndHow;
  readonly id?: JobId;
  readonly on?: BackendId;
}

/** A supervisor over a real ledger, with every clock in the test's hand. */
export class World {
  readonly cloud = new Cloud();
  readonly records = join(tempFolder(), 'records');
  readonly jobs = new Map<string, { state: JobState; endedAt: string | null }>();
  readonly cancelled: { readonly at: number; readonly jobId: string; readonly why: JobEnd }[] = [];
  readonly told: string[] = [];
  settings = { superviseSeconds: 30, usdPer: {} as Record<string, number> };
  /** Whether jobs end as soon as they are asked to. */
  obeys = true;
  answerMs = 20_000;
  wall = begin;
  monotonic = 500_000;
  ledger!: Ledger;
  supervisor!: Supervisor;
  #stop = new AbortController();
  #until = 0;
  #onPause: () => void = () => undefined;
  #goOn: (() => void) | null = null;
  readonly #backends: Map<BackendId, Backend>;
  readonly #clock: Clock = { now: () => this.wall, monotonic: () => this.monotonic };

  /** @param more further back ends; those without billing cost nothing */
  constructor(more: readonly (readonly [BackendId, Billing | undefined])[] = []) {
    const billing = [['skypilot', this.cloud] as const, ...more];
    this.#backends = new Map(billing.map(([id, one]) => [id, { id, billing: one } as unknown as Backend]));
    this.restart();
  }

  /** A new engine over the same files; its monotonic clock begins anew. */
  restart(): void {
    this.monotonic = 1_000;
    this.#stop.abort(new Error('The engine stops.'));
    this.#stop = new AbortController();
    this.#goOn = null;
    const onDamage = () => undefined;
    this.ledger = new Ledger({ root: { records: this.records }, clock: this.#clock, onDamage });
    const say = (level: string) => (_: unknown, text: string) => {
      this.told.push(`${level}: ${text}`);
    };
    this.supervisor = new Supervisor({
      ledger: this.ledger,
      backends: this.#backends,
      clock: this.#clock,
      jobs: {
        state: (id) => this.jobs.get(id)?.state ?? null,
        endedAt: (id) => this.jobs.get(id)?.endedAt ?? null,
        cancel: (id, why) => {
          this.cancelled.push({ at: this.cloud.seconds, jobId: id, why });
          if (this.obeys) this.jobEnds(id, why.state);
        },
      },
      settings: () => this.settings,
      log: { info: say('info'), warn: say('warn'), error: say('error') } as never,
      stop: this.#stop.signal,
      answerMs: this.answerMs,
      sleep: (ms, signal) => this.#sleep(ms, signal),
    });
  }

  /** Lets the supervisor's own loop run for so many seconds of everybody's time. */
  async run(seconds: number): Promise<void> {
    this.#until = this.cloud.seconds + seconds;
    const paused = new Promise<void>((resolve) => {
      this.#onPause = resolve;
    });
    if (this.#goOn === null) void this.supervisor.run();
    else this.#goOn();
    await paused;
  }

  /** Looks every period, as a loop does that is not called earlier. */
  async ticks(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      this.pass(this.settings.superviseSeconds);
      await this.supervisor.tick();
    }
  }

  pass(seconds: number): void {
    this.cloud.seconds += seconds;
    this.wall += seconds * 1_000;
    this.monotonic += seconds * 1_000;
  }

  open(mode: 'job' | 'cluster', { runSec = 3_600, idleSec = 0, end, id = jobId, on = 'skypilot' }: Opened = {}) {
    const candidate = machines(end ?? (mode === 'job' ? 'cancel' : 'stop'));
    const bound = boundOf({
      ...{ candidate, timeoutSec: runSec, idleSec, stoppedSec: mode === 'cluster' ? 86_400 : 0 },
      ...{ usdPer: {}, smallestCap: 1e9 },
    });
    this.jobs.set(id, { state: 'running', endedAt: null });
    this.ledger.append({
      ...{ type: 'entry.opened', entryId: id, jobId: id, taskName: 'mean-ndvi', backend: on, mode },
      ...{ needs: ['billed'], approvalId: `approval-${id}`, planSha256: 'a'.repeat(64), candidate, bound },
      ...{ estimateMicroUsd: null, approvals: 1 },
    });
  }

  jobEnds(id = jobId, state: JobState = 'succeeded'): void {
    this.jobs.set(id, { state, endedAt: new Date(this.wall).toISOString() });
  }

  /** What stands in the ledger's file. */
  lines(): LedgerEvent[] {
    return readChain(join(this.records, 'ledger.ndjson'), LedgerEvent).events;
  }

  entry(id = jobId): LedgerEntry {
    const entry = this.ledger.entry(id);
    if (entry === null) throw new Error(`no entry ${id}`);
    return entry;
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    // What was begun gets as far as it can without time.
    for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    if (this.cloud.seconds >= this.#until) {
      this.#onPause();
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    }
    this.pass(Math.min(ms / 1_000, this.#until - this.cloud.seconds));
  }
}
