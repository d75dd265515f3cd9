import { setTimeout as wait } from 'node:timers/promises';
import type { Condition } from '../../../src-shared/api/doctor.ts';
import type { Resources } from '../../../src-shared/api/spending.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Actor } from '../../../src-shared/gate/proposal.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { LedgerEntry, LedgerEventData } from '../../../src-shared/ledger.ts';
import { endWords } from '../../../src-shared/money/words.ts';
import type { EndHow } from '../../../src-shared/money/price.ts';
import type { FoundResource } from '../backends/billing.ts';
import { backendTitles } from '../doctor/backend-reports.ts';
import { within } from '../doctor/within.ts';
import { howToEnd } from './duty.ts';
import type { SupervisorParts } from './parts.ts';
import { resourceLists } from './resource-lists.ts';
import { takeOver } from './take-over.ts';
import { BackendWatch } from './watch.ts';
import { conditionsOf } from './words.ts';

/** How long one answer of a back end is waited for, ms. */
const answerMs = 20_000;
/** How long the loop rests at most while something costs, and while nothing does, ms. */
const shortRestMs = 1_000;
const longRestMs = 5_000;

const sleeping = (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal });

/**
 * Sees to it that nothing this workspace began costs longer than was approved. It looks at each back end by itself, so that none
 * waits for another that hangs, and keeps nothing but what stands in the ledger: a new one over the same ledger does the same.
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #watches: ReadonlyMap<BackendId, BackendWatch>;
  /** Why a line could not be written into the ledger; null when the last one was. */
  #unwritten: string | null = null;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    const note = (data: LedgerEventData) => {
      this.#note(data);
    };
    const watched = [...parts.backends.values()].flatMap(({ id, billing }) =>
      billing === undefined ? [] : [new BackendWatch(id, billing, { answerMs, ...parts, note })],
    );
    this.#watches = new Map(watched.map((watch) => [watch.id, watch]));
  }

  /** Supervises until the engine stops. */
  async run(): Promise<void> {
    const { stop, sleep = sleeping } = this.#parts;
    while (!stop.aborted) {
      for (const watch of this.#watches.values()) if (watch.dueInMs() === 0) void watch.tick();
      await sleep(this.#restMs(), stop).catch(() => undefined);
    }
  }

  /** Looks at every back end once, and does what must be done. Never rejects. */
  async tick(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.tick()));
  }

  resources(): Resources {
    return resourceLists([...this.#watches.values()], this.#parts.settings().usdPer);
  }

  /**
   * Ends a resource by a person's word, also one that is not ours. One of ours is ended until it has ended.
   * @throws AppError `not_found`, `conflict` where it can't be ended so, what the back end says of one that is not ours
   */
  async end(backend: BackendId, resourceId: string, how: EndHow, actor: Actor): Promise<Resources> {
    const { log, stop } = this.#parts;
    const { watch, found, entry } = await this.#look(backend, resourceId);
    if (!found.ends.includes(how))
      throw new AppError('conflict', `${found.name} can’t be ended in this way (${endWords[how].verb}).`, {
        remedy: `Possible there: ${found.ends.map((other) => endWords[other].verb).join(', ') || 'nothing'}.`,
      });
    if (entry !== null) await watch.order(entry, { how, reason: 'A person ordered it.', actor }, found);
    else {
      log.info({ backend, resourceId, how, actor }, 'a person ends a resource that is not of this workspace');
      const limit = this.#parts.answerMs ?? answerMs;
      await within(backendTitles[backend], limit, stop, (signal) => watch.billing.end(found, how, signal));
    }
    await watch.tick();
    return this.resources();
  }

  /**
   * Takes over a resource that no entry counts.
   * @param endAt when it is to be ended; null: when a person says so
   * @throws AppError `not_found`, `conflict` for one that is ours, `gate_closed` while the ledger can't be used
   */
  async adopt(backend: BackendId, resourceId: string, endAt: string | null, actor: Actor): Promise<Resources> {
    const { ledger, clock, settings } = this.#parts;
    const { watch, found, entry } = await this.#look(backend, resourceId);
    if (entry !== null) throw new AppError('conflict', `${found.name} belongs to this workspace already.`);
    const { usdPer } = settings();
    ledger.append(takeOver({ backend, found, endAt, actor, usdPer, now: clock.now() }));
    await watch.tick();
    return this.resources();
  }

  /**
   * Ends every cluster (`stop`) or every job (`cancel`) of this workspace that costs money now.
   * @throws AppError `denied` when something is left that can only be taken down, which loses its disk, and not the owner asks; the rest is ended
   */
  async endOpenWork(how: 'stop' | 'cancel', actor: Actor): Promise<void> {
    const reason = 'All work of its kind that cost money was ended at once.';
    const mode = how === 'stop' ? 'cluster' : 'job';
    const kept: string[] = [];
    const orders = this.#billing().flatMap((entry) => {
      const watch = this.#watches.get(entry.backend);
      if (watch === undefined || entry.mode !== mode || entry.state === 'stopped') return [];
      const found = watch.seen()?.matches.seen.get(entry.id) ?? null;
      const end = howToEnd(entry, found?.ends ?? null);
      if (end === 'down' && actor.by !== 'owner') {
        kept.push(entry.name);
        return [];
      }
      return [watch.order(entry, { how: end, reason, actor }, found)];
    });
    await Promise.all(orders);
    await this.tick();
    if (kept.length > 0)
      throw new AppError(
        'denied',
        `${kept.join(', ')} can only be taken down, which loses its disk: that is for the owner.`,
        {
          remedy: 'Unlock approvals and do it again, or take it down under Costs.',
          details: { needs: 'owner' },
        },
      );
  }

  /** Whether something of ours may cost that must be watched: the engine must not end then. */
  hasWork(): boolean {
    const isLeft = ({ state, ending }: LedgerEntry) =>
      state !== 'stopped' || (ending !== null && ending.how !== 'stop');
    return this.#billing().some(isLeft);
  }

  /** What a person must know: what is overdue, and what can't be seen or noted. */
  conditions(): Condition[] {
    return conditionsOf({
      entries: this.#billing(),
      watches: this.#watches,
      problem: this.#parts.ledger.problem?.toData() ?? null,
      unwritten: this.#unwritten,
      periodSec: this.#parts.settings().superviseSeconds,
    });
  }

  /** Notes how long everything has run: for an engine that ends. */
  noteMeters(): void {
    for (const watch of this.#watches.values()) watch.noteMeters();
  }

  /** Finds something in what was last listed there, or in a list of now. */
  async #look(backend: BackendId, resourceId: string) {
    const watch = this.#watches.get(backend);
    if (watch === undefined)
      throw new AppError('not_found', `Nothing costs money on the back end ${backendTitles[backend]}.`);
    const find = (): { watch: BackendWatch; found: FoundResource; entry: LedgerEntry | null } | null => {
      const matches = watch.seen()?.matches;
      if (matches === undefined) return null;
      const ours = [...matches.seen].find(([, { id }]) => id === resourceId);
      if (ours !== undefined) return { watch, found: ours[1], entry: this.#parts.ledger.entry(ours[0]) };
      const found = matches.unknown.find(({ id }) => id === resourceId);
      return found === undefined ? null : { watch, found, entry: null };
    };
    const known = find();
    if (known !== null) return known;
    await watch.tick();
    const now = find();
    if (now !== null) return now;
    throw new AppError('not_found', `${backendTitles[backend]} shows no resource ${resourceId}.`, {
      remedy: watch.problem === null ? 'Look again at what is there.' : `It was not heard: ${watch.problem}`,
    });
  }

  /** Entries that are not gone, of back ends whose machines cost. One that this engine does not have can't be seen, and counts. */
  #billing(): LedgerEntry[] {
    const { ledger, backends } = this.#parts;
    const costs = (id: BackendId) => !backends.has(id) || this.#watches.has(id);
    return ledger.entries().filter(({ backend, state }) => state !== 'gone' && costs(backend));
  }

  #restMs(): number {
    const longest = this.hasWork() ? shortRestMs : longRestMs;
    const due = [...this.#watches.values()].map((watch) => watch.dueInMs() ?? longest);
    // Never without a pause, and never a moment too early.
    return Math.max(Math.ceil(Math.min(longest, ...due)), 1);
  }

  #note(data: LedgerEventData): void {
    try {
      this.#parts.ledger.append(data);
      this.#unwritten = null;
    } catch (cause) {
      const message = (cause as Error).message;
      if (message !== this.#unwritten)
        this.#parts.log.error({ cause, entryId: data.entryId }, 'the ledger could not be written');
      this.#unwritten = message;
    }
  }
}
