import type Docker from 'dockerode';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { DoctorCheck } from '../../../../src-shared/api/doctor.ts';
import { AppError } from '../../../../src-shared/errors.ts';
import { IsolationAsked } from '../../../../src-shared/isolation.ts';
import type { DataRoot } from '../../../client/data-root.ts';
import type { WorkerImages } from '../../images/worker-images.ts';
import { makeCacheFolders } from '../cache-arguments.ts';
import type { Availability, Backend, Ending, Handle, LaunchSpec, Launched } from '../backend.ts';
import { egressPolicyOf } from '../hosts-of-run.ts';
import { removeAttempt, removeStrays } from './cleaning.ts';
import { createContainer, listContainers, signalContainer, startContainer } from './containers.ts';
import type { Daemon, Daemons } from './daemon.ts';
import { usableProblem } from './daemon-problem.ts';
import { startEgress } from './egress-sidecar.ts';
import { dockerError } from './failure.ts';
import { checkInputs, mountInputs } from './inputs.ts';
import type { Labelled } from './labels.ts';
import { label, labelsOf, workspaceId } from './labels.ts';
import { keepOutput } from './logs.ts';
import { plannedContainer } from './plan.ts';
import { reportDaemons } from './report.ts';
import {
  emptyRuntimeFolder,
  giveTo,
  removeRuntimeFolder,
  runtimeFolder,
  strayRuntimeFolders,
  writeWorkerFiles,
} from './runtime-folder.ts';
import { containerUser, ownUser } from './user.ts';
import { watchContainer } from './watch.ts';
import { askedOf, cacheOf, workerContainer } from './worker-container.ts';

/** What is kept of what a worker prints beside its own log: crashes of Node, mostly. */
const workerLogBytes = 32 * 1_048_576;
/** How long the rest of that is waited for when the worker has ended. */
const lastWordsMs = 5_000;

export interface DockerBackendParts {
  readonly root: Pick<DataRoot, 'path' | 'engine'>;
  readonly env: NodeJS.ProcessEnv;
  readonly daemons: Daemons;
  readonly images: WorkerImages;
}

/** The worker in a container: Docker, or another container engine that speaks its API. Reached by its socket alone. */
export class DockerBackend implements Backend {
  readonly id = 'docker';
  readonly #parts: DockerBackendParts;
  readonly #workspace: string;

  constructor(parts: DockerBackendParts) {
    this.#parts = parts;
    this.#workspace = workspaceId(parts.root.path);
  }

  async check(signal: AbortSignal): Promise<Availability> {
    try {
      const problem = usableProblem(await this.#parts.daemons.first(signal));
      return problem === null
        ? { available: true }
        : { available: false, reason: problem.message, remedy: problem.remedy };
    } catch (cause) {
      const { message, remedy } = dockerError(cause, 'looking for it');
      return { available: false, reason: message, remedy };
    }
  }

  plan(spec: LaunchSpec): Record<string, z.core.util.JSONType> {
    return plannedContainer(spec, ownUser());
  }

  async submit(spec: LaunchSpec, signal: AbortSignal): Promise<Launched> {
    const daemon = await this.#daemon(signal);
    try {
      const there = await this.#lookUp(daemon, spec);
      if (there !== null) return there;
    } catch (cause) {
      throw dockerError(cause, 'looking for the run’s container');
    }
    try {
      return await this.#start(daemon, spec, signal);
    } catch (cause) {
      // What could not be removed is removed by the next start of an engine.
      await this.#clear(daemon.docker, spec).catch(() => undefined);
      signal.throwIfAborted();
      throw dockerError(cause, 'starting the run’s container');
    }
  }

  async find(spec: LaunchSpec): Promise<Launched | null> {
    try {
      const daemon = await this.#daemon(AbortSignal.timeout(10_000));
      const found = await this.#lookUp(daemon, spec);
      if (found === null) await this.#clear(daemon.docker, spec);
      return found;
    } catch (cause) {
      throw dockerError(cause, 'looking for the run’s container');
    }
  }

  async watch(spec: LaunchSpec, handle: Handle, signal: AbortSignal): Promise<Ending> {
    const { docker, container } = this.#container(handle);
    const over = new AbortController();
    const file = { path: join(spec.records, 'worker.log'), maxBytes: workerLogBytes };
    const output = keepOutput(docker, container, file, AbortSignal.any([signal, over.signal]));
    try {
      const ending = await watchContainer(container, signal);
      await Promise.race([output, sleep(lastWordsMs, undefined, { ref: false })]);
      return ending;
    } finally {
      over.abort();
    }
  }

  async cancel(handle: Handle, how: 'term' | 'kill'): Promise<void> {
    try {
      await signalContainer(this.#container(handle).container, how === 'term' ? 'SIGTERM' : 'SIGKILL');
    } catch (cause) {
      throw dockerError(cause, 'ending the run’s container');
    }
  }

  async cleanup(spec: LaunchSpec, handle: Handle): Promise<void> {
    try {
      await this.#clear(this.#container(handle).docker, spec);
    } catch (cause) {
      throw dockerError(cause, 'removing the run’s container');
    }
  }

  async sweep(live: () => ReadonlySet<string>, signal: AbortSignal): Promise<readonly string[]> {
    const isLive = (jobId: string) => live().has(jobId);
    const stray = strayRuntimeFolders(this.#parts.root, isLive);
    stray.forEach(emptyRuntimeFolder);
    const found = await this.#parts.daemons.all(signal);
    const engines = found.flatMap(({ daemon }) => (daemon === null ? [] : [daemon]));
    // A run that had its files here may have had a container; whether it still has, only a container engine can say.
    if (engines.length === 0 && stray.length > 0) await this.#parts.daemons.first(signal);
    const removed = await Promise.all(engines.map(({ docker }) => removeStrays(docker, this.#workspace, isLive)));
    stray.forEach(removeRuntimeFolder);
    return removed.flat();
  }

  report(signal: AbortSignal): Promise<readonly DoctorCheck[]> {
    return reportDaemons(this.#parts.daemons, ownUser(), signal);
  }

  async #daemon(signal: AbortSignal): Promise<Daemon> {
    const daemon = await this.#parts.daemons.first(signal);
    const problem = usableProblem(daemon);
    if (problem !== null) throw problem;
    return daemon;
  }

  async #start(daemon: Daemon, spec: LaunchSpec, signal: AbortSignal): Promise<Launched> {
    const { docker, facts } = daemon;
    const user = containerUser(ownUser(), facts);
    checkInputs(spec, this.#parts.root.path, user);
    const image = await this.#parts.images.ensure(docker, signal);
    signal.throwIfAborted();
    const runtime = runtimeFolder(this.#parts.root, spec);
    const inputs = mountInputs(spec);
    const secrets = await spec.secrets();
    const files = { inputs: inputs.files, secrets };
    const hasCertificates = writeWorkerFiles(runtime, files, user, this.#parts.env);
    giveTo(spec.folder, user);
    const cache = cacheOf(spec, user);
    if (cache !== null) makeCacheFolders(cache);
    const labelled = this.#labelled(spec);
    const { env } = this.#parts;
    const policy = egressPolicyOf(spec);
    const events = join(spec.records, 'egress.ndjson');
    const egress =
      policy === null
        ? null
        : await startEgress(docker, { labelled, policy, image: image.id, user, facts, runtime, events, env }, signal);
    const place = {
      image: image.id,
      imageDigest: image.digest,
      user,
      facts,
      runtime: runtime.worker,
      inputs,
      hasSecrets: secrets.size > 0,
      hasCertificates,
      egress,
    };
    // Making the image, and the way out, may have taken minutes.
    checkInputs(spec, this.#parts.root.path, user);
    const container = await createContainer(docker, workerContainer(spec, labelled, place), signal);
    signal.throwIfAborted();
    await startContainer(container);
    return launchedAs(daemon, container.id, askedOf(spec, user, facts), image.digest);
  }

  /** The attempt's worker as far as it was started; null when there is none, or one that never ran. */
  async #lookUp(daemon: Daemon, spec: LaunchSpec): Promise<Launched | null> {
    const labels = labelsOf(this.#labelled(spec), 'worker');
    const [found] = await listContainers(daemon.docker, labels);
    if (found === undefined || found.State === 'created') return null;
    const isolation = IsolationAsked.parse(JSON.parse(found.Labels[label.isolation] ?? 'null'));
    return launchedAs(daemon, found.Id, isolation, found.Labels[label.image] ?? found.ImageID);
  }

  #labelled({ jobId, attempt }: Pick<LaunchSpec, 'jobId' | 'attempt'>): Labelled {
    return { workspace: this.#workspace, jobId, attempt };
  }

  #container({ container, engine }: Handle): { docker: Docker; container: Docker.Container } {
    if (typeof container !== 'string' || typeof engine !== 'string')
      throw new AppError('bad_data', 'The record of the launch names no container.');
    const docker = this.#parts.daemons.client(engine);
    return { docker, container: docker.getContainer(container) };
  }

  async #clear(docker: Docker, spec: LaunchSpec): Promise<void> {
    const { path } = runtimeFolder(this.#parts.root, spec);
    emptyRuntimeFolder(path);
    await removeAttempt(docker, this.#labelled(spec));
    removeRuntimeFolder(path);
  }
}

function launchedAs(daemon: Daemon, container: string, isolation: IsolationAsked, imageDigest: string): Launched {
  return { handle: { container, engine: daemon.address }, isolation, imageDigest };
}
