import { dirname, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../src-shared/errors.ts';
import type { Artefact, Progress } from '../../src-shared/job.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import type { WorkerInputs, WorkerPlan } from '../../src-shared/worker-protocol.ts';
import type { Journal } from './journal.ts';
import { outOfMemory, splitMemory, threadError } from './memory.ts';
import type { FromThread, Outcome, RunFacts, ThreadInput, ToThread } from './messages.ts';

/** How long a thread that was asked to stop may take before it is ended. */
const graceMs = 600;
const residentPollMs = 100;

export interface ComputeInput {
  readonly task: Task;
  readonly taskText: string;
  readonly taskPath: string;
  readonly grants: WorkerInputs['files'] | null;
  readonly out: string | null;
  readonly offline: boolean;
  readonly cache: ThreadInput['cache'];
}

export interface ComputeEnd {
  readonly error: AppError | null;
  readonly outcome: Outcome | null;
  readonly plan: WorkerPlan | null;
  readonly facts: RunFacts | null;
  readonly artefacts: readonly Artefact[];
}

/** The thread that computes, seen from the supervisor. `ended` always fulfils, whatever becomes of the thread. */
export class ComputeThread {
  readonly ended: Promise<ComputeEnd>;
  readonly #worker: Worker;
  readonly #artefacts: Artefact[] = [];
  #end: Partial<ComputeEnd> = {};
  #stopped: AppError | null = null;

  constructor(input: ComputeInput, journal?: Journal, onProgress?: (progress: Progress) => void) {
    const { memory_mb: memoryMb } = input.task.limits;
    const memory = splitMemory(memoryMb);
    const workerData: ThreadInput = {
      taskText: input.taskText,
      taskFolder: dirname(resolve(input.taskPath)),
      granted: input.grants,
      out: input.out === null ? null : resolve(input.out),
      offline: input.offline,
      cache: input.cache,
      bufferBytes: memory.bufferBytes,
      heapBytes: memory.heapBytes,
    };
    this.#worker = new Worker(process.argv[1] ?? '', { workerData, resourceLimits: memory.heap, stdout: false });
    const resident = setInterval(() => {
      const rss = process.memoryUsage.rss();
      if (rss > memory.residentBytes)
        this.stop(outOfMemory(memoryMb, `the process holds ${Math.ceil(rss / 1_048_576)} MiB`));
    }, residentPollMs);
    this.#worker.on('message', (message: FromThread) => this.#receive(message, journal, onProgress));
    this.#worker.on('error', (cause: unknown) => {
      this.#end = { ...this.#end, error: threadError(cause, memoryMb), outcome: null };
      if (cause instanceof Error && cause.stack !== undefined) journal?.log('error', cause.stack);
    });
    this.ended = new Promise((fulfil) => {
      this.#worker.on('exit', () => {
        clearInterval(resident);
        fulfil(this.#result());
      });
    });
  }

  /** Asks the thread to stop, and ends it if it is too busy to hear. The first reason counts. */
  stop(reason: AppError): void {
    if (this.#stopped !== null || this.#end.outcome !== undefined) return;
    this.#stopped = reason;
    const message: ToThread = { type: 'abort', error: reason.toData() };
    this.#worker.postMessage(message);
    setTimeout(() => void this.#worker.terminate(), graceMs);
  }

  #receive(message: FromThread, journal?: Journal, onProgress?: (progress: Progress) => void): void {
    switch (message.type) {
      case 'log':
        journal?.log(message.level, message.message);
        return;
      case 'progress':
        journal?.progress(message.progress);
        onProgress?.(message.progress);
        return;
      case 'artefact':
        this.#artefacts.push(message.artefact);
        journal?.artefact(message.artefact);
        return;
      case 'planned':
        this.#end = { ...this.#end, plan: message.plan };
        break;
      case 'done':
        this.#end = { ...this.#end, outcome: message.outcome, facts: message.facts };
        break;
      case 'failed':
        this.#end = { ...this.#end, error: AppError.fromData(message.error), facts: message.facts };
        if (message.stack !== null) journal?.log('error', message.stack);
    }
    // Connections kept alive would hold the thread for seconds.
    void this.#worker.terminate();
  }

  #result(): ComputeEnd {
    const { outcome = null, plan = null, facts = null } = this.#end;
    const silent =
      outcome === null && plan === null
        ? new AppError('internal', 'The compute thread ended without an answer.')
        : null;
    const error = this.#stopped !== null && outcome === null ? this.#stopped : (this.#end.error ?? silent);
    return { error, outcome: error === null ? outcome : null, plan, facts, artefacts: this.#artefacts };
  }
}
