import { createHash } from 'node:crypto';
import type { Actor } from '../../../src-shared/gate/proposal.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { LedgerEntry, LedgerEventData } from '../../../src-shared/ledger.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';
import { microUsd } from '../../../src-shared/money/micro-usd.ts';
import type { Candidate } from '../../../src-shared/money/price.ts';
import type { FoundResource } from '../backends/billing.ts';
import { gentlest } from './duty.ts';
import { isoOrNull } from './sighting.ts';

type UsdPer = Readonly<Record<string, number>>;

interface TakeOver {
  readonly backend: BackendId;
  readonly found: FoundResource;
  readonly endAt: string | null;
  readonly actor: Actor;
  readonly usdPer: UsdPer;
  /** ms since the epoch */
  readonly now: number;
  /** Whose label it bears, when that is one of ours: it is of the same kind and has the same price. */
  readonly like?: LedgerEntry;
}

/** The ledger's line for something that is there and that no entry counts. */
export function takeOver({ backend, found, endAt, actor, usdPer, now, like }: TakeOver): LedgerEventData {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const mark = createHash('sha256').update(`${backend} ${found.id} ${now}`).digest('hex').slice(0, 6);
  return {
    type: 'entry.adopted',
    entryId: `adopted-${time.toLowerCase()}-${mark}`,
    backend,
    resourceId: found.id,
    name: found.name,
    candidate: like?.candidate ?? candidateOf(backend, found),
    hourlyMicroUsd: hourlyOf(found, usdPer) ?? like?.hourlyMicroUsd ?? null,
    startedAt: isoOrNull(found.startedAt),
    endAt,
    actor,
  };
}

/** What a resource costs per hour in USD; null where the price or the exchange rate is not known. */
export function hourlyOf({ hourly }: FoundResource, usdPer: UsdPer): MicroUsd | null {
  if (hourly === null) return null;
  const rate = hourly.currency === 'USD' ? 1 : Object.hasOwn(usdPer, hourly.currency) ? usdPer[hourly.currency] : null;
  const usd = rate === null || rate === undefined ? NaN : hourly.amount * rate;
  return usd >= 0 && usd < 1e9 ? microUsd(usd) : null;
}

/** What is known of something that others made; null where that is too little to count by. */
function candidateOf(backend: BackendId, { id, what, hourly, ends }: FoundResource): Candidate | null {
  const end = gentlest(ends);
  if (end === null) return null;
  const rate = { kind: 'compute', label: what.slice(0, 200) || id, per: 'hour', gb: 0, stepSec: 1 } as const;
  const isKnown = hourly?.currency === 'USD' && hourly.amount >= 0 && hourly.amount <= 1e6;
  return {
    id: `taken-over ${id}`.slice(0, 200),
    label: what.slice(0, 200) || id.slice(0, 200),
    provider: backend,
    region: null,
    instance: null,
    cpus: null,
    memoryGb: null,
    gpus: null,
    nodes: 1,
    spot: false,
    currency: 'USD',
    rates: [{ ...rate, amount: isKnown ? hourly.amount : null, minimumSec: 0, whenStopped: false }],
    unknowns: ['What its disk and its traffic cost'],
    end,
    endWords: '',
    unavailable: null,
  };
}
