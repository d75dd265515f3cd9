import type { Candidate, EndHow } from '../../../src-shared/money/price.ts';
import type { Task } from '../../../src-shared/task/schema.ts';

/** What machines a task needs, for a back end to say which it could rent and for how much. */
export interface QuoteAsk {
  readonly task: Task;
  readonly timeoutSec: number;
}

/** Something that a back end shows: ours or anybody's. */
export interface FoundResource {
  /** The provider's own id: what orders to end it name. */
  readonly id: string;
  readonly name: string;
  /** In words: `2 × m6i.large, us-east-1`. */
  readonly what: string;
  /** The ledger entry that its label names; null without a label of Transect's. It may be another workspace's. */
  readonly entryId: string | null;
  readonly state: 'starting' | 'running' | 'stopping' | 'stopped';
  /** Since when it bills, as the provider says; null where that is not known. */
  readonly startedAt: string | null;
  /** What it costs per hour there, in the currency; null where that is not known. */
  readonly hourly: { readonly currency: string; readonly amount: number } | null;
  readonly ends: readonly EndHow[];
}

export interface Listing {
  /** The provider's own clock when it answered, where it says: no clock of this machine matters then. */
  readonly at: string | null;
  readonly resources: readonly FoundResource[];
}

/** What a back end whose machines cost money, or belong to others, offers to the gate, the ledger and the supervisor. */
export interface Billing {
  /** `billed`: machines cost money; `shared`: they don't, but others use them too. */
  readonly need: 'billed' | 'shared';
  /** Machines for a task, the cheapest first, with their prices now. @throws AppError when prices can't be had: the gate is closed then */
  quote(ask: QuoteAsk, signal: AbortSignal): Promise<readonly Candidate[]>;
  /**
   * Everything there that bills or will, of everybody whom this account sees. What is not in it is gone. @throws AppError
   * `backend_unavailable` while that can't be known
   */
  list(signal: AbortSignal): Promise<Listing>;
  /** Asks for the end of a resource. That it was asked proves nothing: only a listing does. Harmless when it is gone. */
  end(resource: Pick<FoundResource, 'id' | 'name'>, how: EndHow, signal: AbortSignal): Promise<void>;
  /** What was billed for a resource that is gone; null while the provider does not know yet. */
  actual?(
    resource: { readonly id: string | null; readonly entryId: string },
    signal: AbortSignal,
  ): Promise<{ readonly currency: string; readonly amount: number; readonly source: string } | null>;
}
