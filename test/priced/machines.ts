import type { Candidate, EndHow, Rate } from '../../src-shared/money/price.ts';

/** A kind of machine that the provider rents out. Tests change it while things run: prices do change. */
export interface Machine {
  readonly id: string;
  readonly words: string;
  readonly currency: string;
  readonly rates: readonly Rate[];
  readonly spot: boolean;
  readonly unknowns: readonly string[];
  readonly unavailable: string | null;
}

export interface Wanted {
  readonly mode: 'job' | 'cluster';
  readonly nodes: number;
}

const compute = (label: string, amount: number | null, more: Partial<Rate> = {}): Rate => ({
  ...{ kind: 'compute', label, per: 'node_hour', amount, gb: 0, stepSec: 1, minimumSec: 0, whenStopped: false },
  ...more,
});
const plain = { currency: 'USD', spot: false, unknowns: [], unavailable: null };
const disk: Rate = {
  ...{ kind: 'disk', label: 'disk', per: 'gb_month', amount: 0.08, gb: 100, stepSec: 1, minimumSec: 0 },
  whenStopped: true,
};

/** At 1 USD/h without anything else: 5 h are exactly 5 USD. */
const small: Machine = { ...plain, id: 'small', words: 'small, here-1, on demand', rates: [compute('small', 1)] };

/** What is for rent at first: one of each kind that the gate treats in its own way. */
export const rented: readonly Machine[] = [
  small,
  { ...plain, id: 'vague', words: 'vague, here-1', rates: [compute('vague', 1.2)], unknowns: ['egress to elsewhere'] },
  { ...plain, id: 'spot', words: 'spot, here-1', rates: [compute('spot', 1.5)], spot: true },
  { ...plain, id: 'euro', words: 'euro, there-1', rates: [compute('euro', 2)], currency: 'EUR' },
  {
    ...plain,
    id: 'large',
    words: 'large, here-1, on demand',
    rates: [compute('large', 4, { stepSec: 60, minimumSec: 60 }), disk],
  },
  { ...plain, id: 'full', words: 'full, here-2', rates: [compute('full', 4.5)], unavailable: 'none is free just now' },
  { ...plain, id: 'unpriced', words: 'unpriced, here-3', rates: [compute('unpriced', null)] },
];

/** Machines of others that cost nothing. */
export const lent: readonly Machine[] = [{ ...small, id: 'node', words: 'a shared node', rates: [compute('node', 0)] }];

export function candidateOf(machine: Machine, { mode, nodes }: Wanted): Candidate {
  const end = endOf(machine, mode);
  const stays = end === 'down' ? 'stop is not possible for spot: everything on its disk is lost' : 'it is stopped';
  return {
    ...{ id: machine.id, label: `${nodes} × ${machine.words}`, provider: 'priced', region: 'here-1' },
    ...{ instance: machine.id, cpus: 2, memoryGb: 4, gpus: null, nodes, spot: machine.spot },
    ...{ currency: machine.currency, rates: [...machine.rates], unknowns: [...machine.unknowns] },
    ...{ end, endWords: end === 'cancel' ? 'it ends with its run' : stays, unavailable: machine.unavailable },
  };
}

function endOf({ spot }: Machine, mode: Wanted['mode']): EndHow {
  if (mode === 'job') return 'cancel';
  return spot ? 'down' : 'stop';
}
