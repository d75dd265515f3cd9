import type { Listing } from '../../src-main/engine/backends/billing.ts';
import type { Candidate, EndHow } from '../../src-shared/money/price.ts';
import type { Wanted } from './machines.ts';
import type { Attached, Autostop } from './rental.ts';

/** Everything that can be asked of the provider, over whatever way: what is sent, and what comes back. */
export interface Calls {
  quote: { in: Wanted; out: Candidate[] };
  launch: {
    in: Wanted & { label: string; name: string; machine: string; autostop: Autostop | null };
    out: { id: string };
  };
  /** By its label or its id; null when nothing of it is there (any more). */
  status: { in: { label?: string; id?: string }; out: { id: string; state: string } | null };
  list: { in: Record<string, never>; out: Listing };
  end: { in: { id: string; how: EndHow }; out: null };
  /** From the machines themselves: this process stands for the command there. */
  attach: { in: Attached & { id: string }; out: null };
  actual: { in: { label: string }; out: { currency: string; amount: number } | null };
}
export type CallName = keyof Calls;

/** A way to the provider. */
export interface Account {
  ask<N extends CallName>(name: N, input: Calls[N]['in'], signal: AbortSignal): Promise<Calls[N]['out']>;
}

/**
 * What goes wrong with a call. `refuse`: nothing is done, and it says so; `unreachable`: nothing is done, and there is no answer;
 * `hang`: never an answer; `lose`: it is done, and the answer is lost; `late`: it is done `afterMs` later, and the answer is lost;
 * `ignore`: it answers that all is well and does nothing (`end`); `stale`: it answers what was so `afterMs` ago (`list`).
 */
export interface Fault {
  readonly call: CallName;
  readonly kind: 'refuse' | 'unreachable' | 'hang' | 'lose' | 'late' | 'ignore' | 'stale';
  /** How many calls it hits; null: every one until it is lifted. */
  readonly times: number | null;
  readonly afterMs: number;
}
