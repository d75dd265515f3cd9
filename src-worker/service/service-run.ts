import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppError } from '../../src-shared/errors.ts';
import { toAppError } from '../../src-shared/errors.ts';
import type { Artefact, Progress } from '../../src-shared/job.ts';
import type { ServiceEnding, ServiceOrder } from '../../src-shared/service-protocol.ts';
import { serviceFiles, serviceFolders } from '../../src-shared/service-protocol.ts';
import type { ComputeEnd } from '../run/compute-thread.ts';
import type { Journal } from '../run/journal.ts';
import type { KnownSecrets } from '../run/known-secrets.ts';
import type { Outcome } from '../run/messages.ts';
import { ControlFolder } from './control-folder.ts';
import type { Collected } from './collect.ts';
import { collectOutputs } from './collect.ts';
import { serviceFacts, serviceFailure, serviceOutcome } from './outcome.ts';
import { OutputLog } from './output-log.ts';
import { OutputTail } from './output-tail.ts';

const pollMs = 150;

export interface ServiceRunOptions {
  /** The folder through which the engine speaks with this worker. */
  readonly control: string;
  /** The run's folder. */
  readonly folder: string;
  readonly maxOutputBytes: number;
  readonly journal: Journal;
  readonly secrets: KnownSecrets;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Supervises a service that the engine runs in a container of its own: passes on what it prints, has it ended when the run is
 * to end, and takes in what it left. Stands where the compute thread of an analysis would; `ended` always fulfils.
 */
export class ServiceRun {
  readonly ended: Promise<ComputeEnd>;
  readonly #options: ServiceRunOptions;
  readonly #control: ControlFolder;
  readonly #artefacts: Artefact[] = [];
  #stopped: AppError | null = null;
  /** What ends the taking in of outputs. */
  #collecting: AbortController | null = null;

  constructor(options: ServiceRunOptions) {
    this.#options = options;
    this.#control = new ControlFolder(options.control);
    this.ended = this.#run();
  }

  /** Has the service ended. The first reason counts. */
  stop(reason: AppError): void {
    if (this.#stopped !== null) return;
    this.#stopped = reason;
    this.#collecting?.abort(reason);
    // The engine ends it on its own account when this cannot be written.
    void this.#control.askToStop(reason.code).catch(() => undefined);
  }

  async #run(): Promise<ComputeEnd> {
    let order: ServiceOrder | null = null;
    let collected: Collected | null = null;
    let outcome: Outcome | null = null;
    let error: AppError | null;
    let failure: AppError | null = null;
    try {
      order = await this.#control.order();
      this.#say(order);
      const log = new OutputLog(this.#options.folder);
      const ending = await this.#follow(log);
      this.#announce(await log.finish());
      failure = this.#stopped ?? serviceFailure(order, ending, log.last.at(-1));
      collected = await this.#collect();
      error = this.#stopped ?? failure;
      if (error === null) outcome = serviceOutcome(order, collected, log.lines, log.last);
    } catch (cause) {
      // Why the service failed says more than what went wrong with what it left.
      error = this.#stopped ?? failure ?? toAppError(cause);
    }
    await rm(this.#control.path, { recursive: true, force: true }).catch(() => undefined);
    return { error, outcome, plan: null, facts: serviceFacts(order, collected), artefacts: this.#artefacts };
  }

  #say({ name, image, digest, pinned, argv, workdir }: ServiceOrder): void {
    const { journal } = this.#options;
    journal.log(
      'info',
      `Service ${name ?? image}, image ${image} (${digest}), begins in ${workdir}: ${JSON.stringify(argv)}`,
    );
    if (!pinned)
      journal.log('warn', `The image ${image} is not pinned: its name may stand for something else tomorrow.`);
  }

  /** Passes on what the service prints until the engine says that it has ended. */
  async #follow(log: OutputLog): Promise<ServiceEnding> {
    const { journal, secrets, onProgress } = this.#options;
    const tail = new OutputTail(join(this.#control.path, serviceFiles.output), (line) => {
      const masked = secrets.mask(line);
      log.append(masked);
      journal.log('info', masked);
    });
    for (let told = -1; ;) {
      // Asked before the reading: what was printed before the end is in the file then.
      const ending = await this.#control.ending();
      const read = await tail.read();
      if (log.lines !== told) {
        told = log.lines;
        onProgress({ phase: 'service runs', done: told, total: null, unit: 'lines of output' });
      }
      if (ending !== null) {
        await tail.finish();
        return ending;
      }
      if (!read) await sleep(pollMs);
    }
  }

  async #collect(): Promise<Collected> {
    const { folder, maxOutputBytes, secrets, onProgress } = this.#options;
    onProgress({ phase: 'taking in outputs', done: 0, total: null, unit: 'files' });
    this.#collecting = new AbortController();
    return collectOutputs({
      from: join(this.#control.path, serviceFolders.outputs),
      folder,
      maxBytes: maxOutputBytes,
      secrets,
      signal: this.#collecting.signal,
      onArtefact: (artefact) => {
        this.#announce(artefact);
        if (this.#artefacts.length % 100 === 0)
          onProgress({ phase: 'taking in outputs', done: this.#artefacts.length, total: null, unit: 'files' });
      },
    });
  }

  #announce(artefact: Artefact): void {
    this.#artefacts.push(artefact);
    this.#options.journal.artefact(artefact);
  }
}
