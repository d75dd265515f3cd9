import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HandlerInput, JobPage } from '../../../src-shared/api/contract.ts';
import type { LaunchSheet } from '../../../src-shared/api/gate.ts';
import type { TaskId } from '../../../src-shared/api/library.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Offer } from '../../../src-shared/gate/proposal.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { makeJobId } from '../../../src-shared/job-id.ts';
import type { BackendId, Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import type { Settings } from '../../../src-shared/settings.ts';
import { invalidTask, readTask } from '../../../src-shared/task/read-task.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { WorkerInputs } from '../../../src-shared/worker-protocol.ts';
import { WorkerStatus, workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { Availability, Backend } from '../backends/backend.ts';
import type { Gate } from '../gate/gate.ts';
import { refusal } from '../gate/gate.ts';
import type { LaunchSheets } from '../gate/launch-sheet.ts';
import { needsOf } from '../gate/needs.ts';
import type { Proposals } from '../gate/proposals.ts';
import type { Origin } from '../library/origin.ts';
import { actorOf } from '../server/caller.ts';
import type { Plannable } from '../preflight/preflights.ts';
import { writeFileAtomic } from '../store/files.ts';
import type { JobStore } from '../store/job-store.ts';
import type { JobQueue } from './job-queue.ts';
import type { Lane } from './lanes.ts';
import { laneOf } from './lanes.ts';
import { resolveLocalInputs } from './local-inputs.ts';
import { chooseBackend } from './router.ts';
import { readRunFile } from './run-folder.ts';

export interface JobServiceParts {
  readonly root: DataRoot;
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly backends: ReadonlyMap<BackendId, Backend>;
  readonly settings: Settings;
  readonly gate: Gate;
  readonly proposals: Proposals;
  readonly sheets: LaunchSheets;
  /** Where the inputs of a document of the library may come from. */
  readonly origin: (from: TaskId) => Origin;
  /** Real paths that every task of this workspace may read. */
  readonly standing: () => readonly string[];
  /** Refuses what a task needs and this workspace does not have: secrets, a service. @throws AppError `not_found`, `over_limit` … */
  readonly admit: (task: Task, backend: BackendId) => Promise<void>;
}

/** Who submits, and whether as a page in the window: that one names documents, never folders of this machine. */
export interface Submitter {
  readonly caller: 'agent' | 'owner';
  readonly through: 'window' | 'direct';
}

/** Outputs that a list of jobs tells of each; `getJob` and `jobResult` tell all. */
const listedOutputs = 200;

/** What clients can do with jobs: submit, cancel, look. */
export class JobService {
  readonly #parts: JobServiceParts;

  constructor(parts: JobServiceParts) {
    this.#parts = parts;
  }

  /**
   * Makes a job of a task. One that needs no approval is queued, and so is one whose plan the owner was shown, where a click may approve
   * it; all others wait for a person. Everything that can be refused is refused before anything is written.
   * @throws AppError `invalid_task`, `denied`, `not_found`, `backend_unavailable`, `gate_closed`, `over_limit`, `storage`
   */
  async submit(input: HandlerInput<'submitJob'>, submitter: Submitter, signal: AbortSignal): Promise<Job> {
    const { store, settings, root, queue, proposals } = this.#parts;
    const { caller, through } = submitter;
    const { task, rights } = this.#read(input, through);
    const { backend, reason } = chooseBackend(task, input.backend, await this.#availability(), settings);
    refuseUnsignedRun(task);
    await this.#parts.admit(task, backend);
    const inputs = this.#inputs(task, rights);
    const text = Buffer.from(input.text);
    const taskSha256 = createHash('sha256').update(text).digest('hex');
    const offer = await this.#offer(input, { task, taskSha256, inputs, backend }, signal);
    const lane = laneOf(caller, through);
    queue.admit(lane);
    if (offer !== null) this.#admitProposal(offer, lane, caller === 'owner' ? input.planSha256 : undefined);

    const id = makeJobId(task.task_name, new Date(), randomBytes(6));
    const draft = store.append(id, {
      type: 'job.created',
      taskName: task.task_name,
      taskSha256,
      backend,
      backendReason: reason,
      mode: task.mode,
      offline: input.offline,
      baseDir: rights.baseDir,
      grants: [...rights.grants],
      by: caller,
      through,
      ...(input.from !== undefined && { from: input.from }),
    });
    try {
      writeFileAtomic(join(root.jobRecords(id), 'inputs.json'), `${JSON.stringify(inputs, null, 2)}\n`);
      writeFileAtomic(join(root.jobRecords(id), workerFiles.task), text);
      mkdirSync(root.jobFolder(id), { mode: 0o755 });
      writeFileAtomic(join(root.jobFolder(id), workerFiles.task), text, 0o644);
      const actor = actorOf({ caller, through });
      const isApproved =
        offer === null || proposals.begin(id, offer, input.candidate ?? null, actor, input.planSha256 ?? null);
      store.move(id, isApproved ? 'queued' : 'awaiting_approval');
    } catch (cause) {
      queue.close(draft, 'cancelled', `The job could not be created: ${(cause as Error).message}`);
      throw cause;
    }
    if (store.require(id).state === 'queued') queue.add(lane, id);
    return store.require(id);
  }

  /** Every back end for a task, side by side. Nothing is written. @throws AppError `invalid_task`, `denied`, `not_found`, `gate_closed` */
  async launchSheet(
    input: HandlerInput<'launchSheet'>,
    { through }: Submitter,
    signal: AbortSignal,
  ): Promise<LaunchSheet> {
    const { task, rights } = this.#read(input, through);
    refuseUnsignedRun(task);
    const { files } = this.#inputs(task, rights);
    const taskSha256 = createHash('sha256').update(Buffer.from(input.text)).digest('hex');
    const { offline, backend: asked, candidate } = input;
    const launchable = { task, taskSha256, inputs: files, offline, asked, candidate };
    return this.#parts.sheets.sheet(launchable, await this.#availability(), signal);
  }

  /**
   * A task as it may be planned: with its local inputs resolved as for a run. Nothing is written.
   * @throws AppError `invalid_task`, `denied`, `not_found`, `gate_closed`
   */
  plannable(input: HandlerInput<'planTask'>, { through }: Submitter): Plannable {
    const { task, rights } = this.#read(input, through);
    refuseUnsignedRun(task);
    const inputs = this.#inputs(task, rights);
    return { task, text: input.text, inputs, offline: input.offline, backend: input.backend };
  }

  /** Cancels a job; an ended one is returned as it is. */
  cancel(id: JobId, { caller, through }: Submitter): Job {
    const { store, queue, proposals } = this.#parts;
    const job = store.require(id);
    if (isFinal(job.state) || job.state === 'cancelling') return job;
    if (job.state === 'submitting' || job.state === 'running') {
      // A full disk must not keep anybody from ending the run that fills it.
      queue.cancel(id);
      store.move(id, 'cancelling', 'asked for');
    } else {
      proposals.withdraw(id, actorOf({ caller, through }));
      queue.close(job, 'cancelled', 'The job was cancelled before it started.');
    }
    return store.require(id);
  }

  /** A job with the progress that its worker last reported. */
  get(id: JobId): Job {
    return this.#withProgress(this.#parts.store.require(id));
  }

  /** A page of the jobs that match, newest first, with the progress of those that run. */
  list(query: HandlerInput<'listJobs'>): JobPage {
    const page = this.#parts.store.list({ ...query, limit: Math.min(query.limit, 1_000) });
    return { ...page, jobs: page.jobs.map((job) => briefly(this.#withProgress(job))) };
  }

  /** The plan of a launch that needs an approval; null for one that needs none. @throws AppError `gate_closed` and why */
  async #offer(
    { offline, candidate }: HandlerInput<'submitJob'>,
    {
      task,
      taskSha256,
      inputs,
      backend: id,
    }: Pick<Job, 'taskSha256' | 'backend'> & { task: Task; inputs: WorkerInputs },
    signal: AbortSignal,
  ): Promise<Offer | null> {
    const backend = this.#parts.backends.get(id);
    if (backend === undefined) throw new AppError('backend_unavailable', `The back end ${id} is not available here.`);
    if (needsOf(task, backend, offline).length === 0) return null;
    const ask = { task, taskSha256, inputs: inputs.files, offline, backend, candidate };
    return this.#parts.gate.offer(ask, signal);
  }

  /**
   * Refuses what nobody could approve now, and more of one lane than any person looks at.
   * @param clicked the plan whose button an owner has pressed
   */
  #admitProposal({ plan, planSha256, verdict }: Offer, lane: Lane, clicked: string | undefined): void {
    const { gate, proposals, settings } = this.#parts;
    if (plan === null) throw refusal(verdict);
    // Others may have been approved while its prices were asked for.
    const now = gate.verdict(plan);
    if (now.kind === 'closed') throw refusal(now);
    // What its click approves waits for nobody.
    if (now.kind === 'click' && clicked === planSha256) return;
    if (proposals.count(lane) >= settings.max_queued_jobs)
      throw new AppError('over_limit', `${settings.max_queued_jobs} jobs wait for a person already.`, {
        remedy: 'Decide on some of them. The bound is the setting local.max_queued.',
        retryable: true,
      });
  }

  async #availability(): Promise<Map<BackendId, Availability>> {
    const checks = [...this.#parts.backends.values()].map(
      async (backend) => [backend.id, await backend.check(AbortSignal.timeout(5_000))] as const,
    );
    return new Map(await Promise.all(checks));
  }

  #read(input: HandlerInput<'planTask'>, through: Submitter['through']): { task: Task; rights: Origin } {
    const rights = this.#rights(input, through);
    const { task, problems } = readTask(input.text);
    if (task === null) throw invalidTask(problems);
    return { task, rights };
  }

  #inputs(task: Task, rights: Origin): WorkerInputs {
    return resolveLocalInputs(task, this.#parts.root, { ...rights, standing: this.#parts.standing() });
  }

  /** The folder that relative inputs are relative to, and further folders that this job may read. */
  #rights({ from, baseDir, grants }: HandlerInput<'planTask'>, through: Submitter['through']): Origin {
    if (through === 'window' && (baseDir !== undefined || grants.length > 0))
      throw new AppError('denied', 'A page in the window cannot name folders of this machine.', {
        remedy: 'Choose the file or folder in the dialog that the window opens.',
      });
    if (from !== undefined && baseDir !== undefined)
      throw new AppError('bad_data', 'Both from and baseDir say which folder the task belongs to: give one of them.');
    const origin = from === undefined ? { baseDir: baseDir ?? null, grants: [] } : this.#parts.origin(from);
    return { ...origin, grants: [...origin.grants, ...grants] };
  }

  #withProgress(job: Job): Job {
    if (job.state !== 'running' && job.state !== 'cancelling') return job;
    const status = readRunFile(this.#parts.root.jobFolder(job.id), workerFiles.status, WorkerStatus);
    return { ...job, progress: status?.progress ?? null };
  }
}

/** Downstream use needs a signed run; nothing can be signed before review exists, so this gate is closed. */
function refuseUnsignedRun(task: Task): void {
  if (!('run' in task.inputs)) return;
  const message = `The run ${task.inputs.run} is not signed, and unsigned results are not used as inputs.`;
  throw new AppError('gate_closed', message, {
    remedy: 'A run becomes usable once a person has reviewed and signed it, which this version cannot do yet.',
  });
}

/** As a list shows it: a page of runs with many thousand outputs each would be too much for one answer. */
function briefly(job: Job): Job {
  if (job.result === null || job.result.outputs.length <= listedOutputs) return job;
  return { ...job, result: { ...job.result, outputs: job.result.outputs.slice(0, listedOutputs) } };
}
