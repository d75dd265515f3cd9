import type { Logger } from 'pino';
import type { DataRoot } from '../../client/data-root.ts';
import type { ReadCache } from '../cache/read-cache.ts';
import type { Clock } from '../clock.ts';
import { Ledger } from '../ledger/ledger.ts';
import { moneySettings } from '../ledger/money-settings.ts';
import type { WorkerBundle } from '../worker-bundle.ts';
import type { PlannerParts } from './plan-launch.ts';
import { Approvals } from './approvals.ts';
import { Gate } from './gate.ts';
import { Judge } from './judge.ts';
import { Offers } from './offers.ts';
import type { ProposalJobs } from './proposals.ts';
import { Proposals } from './proposals.ts';

interface Parts {
  readonly root: DataRoot;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bundle: Pick<WorkerBundle, 'version' | 'sha256'>;
  readonly cache?: Pick<ReadCache, 'foldersOf'> | undefined;
  readonly secrets: PlannerParts['secrets'];
  readonly jobs: ProposalJobs;
}

/** The gate of a workspace with everything that it goes by, over its records as they lie on the disk. */
export function makeGate({ root, env, clock, log, bundle, cache, secrets, jobs }: Parts) {
  const onDamage = (cause: unknown) => {
    log.error({ cause }, 'a record of the gate cannot be used; nothing that needs an approval is launched');
  };
  const ledger = new Ledger({ root, clock, onDamage });
  const approvals = new Approvals({ root, clock, ledger, onDamage });
  const money = moneySettings(root, env);
  const judge = new Judge({ approvals, ledger, money });
  const offers = new Offers({ root, bundle, cache, secrets, judge, approvals, money });
  const gate = new Gate({ approvals, ledger, judge, offers, jobs, log });
  const proposals = new Proposals({ gate, approvals, ledger, offers, jobs });
  return { ledger, approvals, money, judge, offers, gate, proposals };
}
