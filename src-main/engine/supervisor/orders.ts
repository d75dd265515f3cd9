import type { Actor } from '../../../src-shared/gate/proposal.ts';
import type { LedgerEntry, LedgerEventData } from '../../../src-shared/ledger.ts';
import type { EndHow } from '../../../src-shared/money/price.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import type { Billing, FoundResource } from '../backends/billing.ts';
import { within } from '../doctor/within.ts';
import type { SupervisorParts } from './parts.ts';

/** How long a provider may take over an end that it has accepted, before that is told as a problem, ms. */
const patienceMs = 300_000;
/** An order is not repeated sooner, ms. */
const pauseMs = 10_000;

export interface Order {
  readonly how: EndHow;
  readonly reason: string;
  readonly actor: Actor;
}

interface Given {
  readonly how: EndHow;
  /** How often it was given by this engine. */
  times: number;
  /** When it was last given, by the monotonic clock, ms. */
  lastAt: number;
  /** When the back end first took it, by the monotonic clock. */
  takenAt: number | null;
}

interface OrdersParts extends Pick<SupervisorParts, 'clock' | 'settings' | 'stop'> {
  readonly answerMs: number;
  /** Writes into the ledger; must not throw: an end must never wait for a disk. */
  readonly note: (data: LedgerEventData) => void;
}

/**
 * Gives orders to end, again and again until a listing shows that they were carried out. The ledger hears of the first, of each
 * change of what keeps it from getting through, and of the 2nd, 4th, 8th …
 */
export class Orders {
  readonly #parts: OrdersParts;
  readonly #given = new Map<string, Given>();

  constructor(parts: OrdersParts) {
    this.#parts = parts;
  }

  /** How often this engine has given the order that stands for an entry. */
  times(entryId: string): number {
    return this.#given.get(entryId)?.times ?? 0;
  }

  /** Nothing of it is left, or nothing more is to be done. */
  settle(entryId: string): void {
    this.#given.delete(entryId);
  }

  /** @param found how the last listing showed it; null where the back end did not answer */
  async give(entry: LedgerEntry, order: Order, billing: Billing, found: FoundResource | null): Promise<void> {
    const { clock, settings, stop } = this.#parts;
    const before = this.#given.get(entry.id);
    const given = before?.how === order.how ? before : { how: order.how, times: 0, lastAt: -Infinity, takenAt: null };
    this.#given.set(entry.id, given);
    const known = entry.ending?.how === order.how ? entry.ending : null;
    // Before it is given: an engine that is cut short here goes on with it.
    const isPersons = order.actor.by !== 'engine';
    if (known === null || isPersons) this.#note(entry, order, null);
    const id = found?.id ?? entry.resourceId;
    if (id === null) return;
    const isLate = given.takenAt !== null && clock.monotonic() - given.takenAt > patienceMs;
    if (found?.state === 'stopping' && given.takenAt !== null && !isLate) return;
    // A look in between only sees whether it was carried out.
    if (!isPersons && clock.monotonic() - given.lastAt < Math.min(pauseMs, settings().superviseSeconds * 900)) return;
    given.times += 1;
    given.lastAt = clock.monotonic();
    const refused = await this.#ask(billing, { id, name: found?.name ?? entry.name }, order.how);
    // What the engine's own end breaks off is no word of the back end.
    if (stop.aborted) return;
    if (refused === null) given.takenAt ??= clock.monotonic();
    const problem = refused ?? (isLate ? 'The order is taken each time, and it is still there.' : null);
    const isDoubled = given.times > 1 && (given.times & (given.times - 1)) === 0;
    if (isDoubled || !isSame(problem, known?.problem ?? null)) this.#note(entry, order, problem);
  }

  async #ask(billing: Billing, resource: { id: string; name: string }, how: EndHow): Promise<string | null> {
    const { answerMs, stop } = this.#parts;
    try {
      await within('The back end', answerMs, stop, (signal) => billing.end(resource, how, signal));
      return null;
    } catch (cause) {
      return toAppError(cause).message;
    }
  }

  #note({ id }: LedgerEntry, { how, reason, actor }: Order, problem: string | null): void {
    this.#parts.note({ type: 'entry.ending', entryId: id, how, reason, actor, problem });
  }
}

/** Whether two problems are one, whatever numbers and request ids the provider puts into its words. */
function isSame(a: string | null, b: string | null): boolean {
  const bare = (text: string) => text.replace(/[0-9a-f]{8,}|[0-9]+/gi, '#');
  return a === null || b === null ? a === b : bare(a) === bare(b);
}
