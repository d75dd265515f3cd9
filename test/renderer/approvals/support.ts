import type { LaunchOption } from '../../../src-shared/api/gate.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { Offer, Verdict } from '../../../src-shared/gate/proposal.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import { microUsd } from '../../../src-shared/money/micro-usd.ts';
import type { Candidate } from '../../../src-shared/money/price.ts';

export const sha = 'a'.repeat(64);
export const nothingLeaves: LaunchPlan['leaving'] = { place: null, uploads: [], secrets: [], hosts: [] };

export function candidateOf(more: Partial<Candidate> = {}): Candidate {
  return {
    id: 'm6i',
    label: '2 × m6i.large, us-east-1, on demand',
    provider: 'AWS',
    region: 'us-east-1',
    instance: 'm6i.large',
    cpus: 2,
    memoryGb: 8,
    gpus: null,
    nodes: 2,
    spot: false,
    currency: 'USD',
    rates: [],
    unknowns: [],
    end: 'cancel',
    endWords: '',
    unavailable: null,
    ...more,
  };
}

/** A plan of so many dollars at most. */
export function planOf(backend: BackendId, usd: number, more: Partial<LaunchPlan> = {}): LaunchPlan {
  return {
    v: 1,
    taskName: 't',
    taskSha256: sha,
    backend,
    mode: 'job',
    offline: false,
    needs: usd > 0 ? ['billed'] : [],
    worker: { version: '1', bundleSha256: sha },
    launch: {},
    inputs: [],
    secrets: [],
    candidate: usd > 0 ? candidateOf() : null,
    bound: {
      totalMicroUsd: microUsd(usd),
      terms: [],
      currency: 'USD',
      usdPerUnit: 1,
      runSec: 3_600,
      idleSec: 0,
      stoppedSec: 0,
      heldBy: 'timeout',
    },
    leaving: nothingLeaves,
    ...more,
  };
}

export function offerOf(plan: LaunchPlan | null, verdict: Verdict, more: Partial<Offer> = {}): Offer {
  return {
    plan,
    planSha256: plan === null ? null : sha,
    verdict,
    needs: plan?.needs ?? ['billed'],
    threshold: { microUsd: microUsd(5), from: 'default' },
    caps: [],
    candidates: [],
    estimate: { microUsd: null, seconds: null },
    pricedAt: null,
    ...more,
  };
}

export function optionOf(backend: BackendId, offer: Offer | null, more: Partial<LaunchOption> = {}): LaunchOption {
  return { backend, title: backend, refused: null, isolation: 'walls', leaving: nothingLeaves, offer, ...more };
}
