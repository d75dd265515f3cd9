import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { openDataRoot } from '../../../src-main/client/data-root.ts';
import type { Backend, LaunchSpec } from '../../../src-main/engine/backends/backend.ts';
import type { Leave } from '../../../src-main/engine/gate/gate.ts';
import { makeGate } from '../../../src-main/engine/gate/make-gate.ts';
import type { Planned } from '../../../src-main/engine/gate/plan-launch.ts';
import type { ProposalJobs } from '../../../src-main/engine/gate/proposals.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Decision, Offer } from '../../../src-shared/gate/proposal.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { JobState } from '../../../src-shared/job.ts';
import { canTransition } from '../../../src-shared/job.ts';
import { Candidate } from '../../../src-shared/money/price.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { HandClock, jobId } from '../ledger/support.ts';

export const never = new AbortController().signal;
export const owner = { by: 'owner', how: 'dialog' } as const;
export const agent = { by: 'agent', how: 'api' } as const;

/** A machine at so many USD (or other units) per hour. */
export function machine(id: string, hourly: number | null, more: Partial<Candidate> = {}): Candidate {
  return Candidate.parse({
    ...{ id, label: id, provider: 'here', region: 'here-1', instance: id, cpus: 2, memoryGb: 4, gpus: null, nodes: 1 },
    ...{ spot: false, currency: 'USD', unknowns: [], end: 'cancel', endWords: 'It is cancelled.', unavailable: null },
    rates: [{ kind: 'compute', label: id, per: 'node_hour', amount: hourly }],
    ...more,
  });
}

/** A provider whose prices, and whatever it would start, tests set. */
export class Rental implements Backend {
  readonly id = 'skypilot';
  quoted: unknown[] | Error = [machine('small', 1), machine('large', 4)];
  launches = 'launch v1';
  quotes = 0;
  /** Happens in the middle of the next quote. */
  meanwhile: (() => void) | null = null;
  readonly billing = {
    need: 'billed' as const,
    quote: () => {
      this.quotes += 1;
      const act = this.meanwhile;
      this.meanwhile = null;
      act?.();
      return this.quoted instanceof Error ? Promise.reject(this.quoted) : Promise.resolve(this.quoted as Candidate[]);
    },
    list: () => Promise.resolve({ at: null, resources: [] }),
    end: () => Promise.resolve(),
  };

  check = () => Promise.resolve({ available: true });
  plan = (spec: LaunchSpec) => ({ run: this.launches, name: `transect-${spec.jobId}`, on: spec.candidate?.id ?? null });
  submit = () => Promise.reject(new Error('nothing is submitted here'));
  find = () => Promise.resolve(null);
  watch = () => Promise.reject(new Error('nothing is watched here'));
  cancel = () => Promise.resolve();
  cleanup = () => Promise.resolve();
  report = () => Promise.resolve([]);
}

/** Jobs in memory, which outlive a gate as their records do. */
class Jobs implements ProposalJobs {
  readonly all = new Map<JobId, { state: JobState; planned: Planned }>();
  readonly notes: Omit<Decision, 'at' | 'jobId'>[] = [];

  state = (id: JobId) => this.#job(id).state;
  inStates = (...states: JobState[]) =>
    [...this.all].flatMap(([id, { state }]) => (states.includes(state) ? [{ id, state }] : []));
  planned = (id: JobId) => this.#job(id).planned;
  /** What a job that has ended had read of what it could. */
  share: number | null = null;
  readShare = () => this.share;
  note = (_: JobId, decision: Omit<Decision, 'at' | 'jobId'>) => void this.notes.push(decision);
  enqueue = () => undefined;
  unqueue = () => undefined;
  end = (id: JobId, state: 'cancelled' | 'failed') => {
    this.move(id, state);
  };

  move(id: JobId, to: JobState): void {
    const job = this.#job(id);
    if (!canTransition(job.state, to)) throw new Error(`${id} can’t go from ${job.state} to ${to}`);
    job.state = to;
  }

  #job(id: JobId) {
    const job = this.all.get(id);
    if (job === undefined) throw new AppError('not_found', `there is no job ${id}`);
    return job;
  }
}

const text = (more: string) => `task_name: paid
output_dir: /data/outputs/jobs/paid
inputs: {rasters: ["s3://bucket/red.tif"]}
analysis: {type: raster_summary}
outputs: {}
${more}
`;

/** A task of so many seconds. */
export function taskOf(timeoutSec: number, more = '') {
  const given = text(`limits: {timeout_sec: ${timeoutSec}}\n${more}`);
  return { task: requireTask(Buffer.from(given)).task, taskSha256: createHash('sha256').update(given).digest('hex') };
}

/** A task's secrets as the store states them. */
export function secretsAt(task: Task, setAt: ReadonlyMap<string, string>): LaunchPlan['secrets'] {
  return Object.entries(task.secrets ?? {}).map(([env, { secret }]) => ({
    ...{ env, name: secret, setAt: setAt.get(secret) ?? null },
  }));
}

/** The gate over real files, with a provider, clocks and jobs of its own. `reopen` is a new engine over the same files. */
export function bench(env: Record<string, string> = {}) {
  const root = openDataRoot(join(tempFolder(), 'root'));
  const settingsFile = join(root.path, '..', 'settings.yaml');
  const clock = new HandClock();
  const jobs = new Jobs();
  /** When each secret was stored, by its name. */
  const setAt = new Map<string, string>();
  const rental = new Rental();
  const set: Record<string, string | undefined> = { TRANSECT_CONFIG: settingsFile, ...env };
  const open = () =>
    makeGate({
      ...{ root, env: set, clock, jobs, log: pino({ level: 'silent' }), bundle: { version: '1', sha256: 'b' } },
      secrets: (task) => secretsAt(task, setAt),
    });
  const state = { parts: open(), next: 0 };
  onTestFinished(() => undefined);

  const planned = (timeoutSec: number, more = '', backend: Backend = rental): Planned => ({
    ...taskOf(timeoutSec, more),
    inputs: [],
    offline: false,
    backend,
  });
  const offer = (of: Planned, candidate?: string): Promise<Offer> =>
    state.parts.gate.offer({ ...of, ...(candidate !== undefined && { candidate }) }, never);

  /** A job that was submitted: `clicked` by an owner who saw this plan, or nobody. */
  const submit = async (of: Planned = planned(3_600), clicked: 'clicked' | null = null): Promise<JobId> => {
    const shown = await offer(of);
    const id = jobId(state.next);
    state.next += 1;
    jobs.all.set(id, { state: 'draft', planned: of });
    const actor = clicked === null ? agent : owner;
    const isApproved = state.parts.proposals.begin(id, shown, null, actor, clicked === null ? null : shown.planSha256);
    jobs.move(id, isApproved ? 'queued' : 'awaiting_approval');
    return id;
  };
  const approve = (id: JobId, sha = state.parts.approvals.of(id)?.planSha256 ?? '') => {
    state.parts.proposals.approve(id, sha, owner, '');
  };
  const prepare = (id: JobId): Promise<Leave> => {
    const { task, taskSha256, inputs, offline, backend } = jobs.planned(id);
    const spec: LaunchSpec = {
      ...{ jobId: id, taskName: task.task_name, folder: root.jobFolder(id), records: root.jobRecords(id), offline },
      ...{ timeoutSec: 0, memoryMb: 1, attempt: 1, task, inputs, cache: null },
      secrets: () => Promise.resolve(new Map()),
    };
    return state.parts.gate.prepare(spec, taskSha256, backend, never);
  };
  /** Prepares and launches it, as the queue and the runner do. Gives what would be submitted; null when it was not let through. */
  const launch = async (id: JobId): Promise<LaunchSpec | null> => {
    const leave = await prepare(id);
    const spec = leave.kind === 'ready' ? leave.use() : null;
    if (spec !== null) jobs.move(id, 'submitting');
    return spec;
  };
  return {
    ...{ root, clock, jobs, setAt, rental, env: set, settingsFile, planned, offer, submit, approve, prepare, launch },
    at: () => state.parts,
    reopen: () => {
      state.parts = open();
      return state.parts;
    },
    records: (name: 'approvals' | 'ledger') => join(root.records, `${name}.ndjson`),
    settings: (yaml: string) => {
      mkdirSync(root.path, { recursive: true });
      writeFileSync(root.workspaceFile, yaml);
    },
  };
}
