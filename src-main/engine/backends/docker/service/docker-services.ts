import type Docker from 'dockerode';
import type { z } from 'zod';
import type { DoctorCheck } from '../../../../../src-shared/api/doctor.ts';
import { AppError } from '../../../../../src-shared/errors.ts';
import { IsolationAsked } from '../../../../../src-shared/isolation.ts';
import type { JobId } from '../../../../../src-shared/job-id.ts';
import type { DataRoot } from '../../../../client/data-root.ts';
import type { WorkerImages } from '../../../images/worker-images.ts';
import type { Services } from '../../../services/services.ts';
import type { Availability, Backend, Ending, Handle, LaunchSpec, Launched } from '../../backend.ts';
import { listContainers, startContainer } from '../containers.ts';
import type { Daemon, Daemons } from '../daemon.ts';
import { dockerError } from '../failure.ts';
import type { Labelled } from '../labels.ts';
import { label, labelsOf, workspaceId } from '../labels.ts';
import { ownUser } from '../user.ts';
import { ServiceControl } from './control-folder.ts';
import { endService, followService, notStarted } from './follow.ts';
import { plannedService } from './plan.ts';
import type { StartParts } from './start.ts';
import { startService } from './start.ts';

export interface DockerServicesParts {
  readonly root: Pick<DataRoot, 'path' | 'engine'>;
  readonly env: NodeJS.ProcessEnv;
  readonly daemons: Daemons;
  readonly images: WorkerImages;
  readonly services: Services;
  /** Runs everything that is no service, and looks after the supervising worker of one. */
  readonly docker: Backend;
}

/**
 * The docker back end with services: a service's container runs beside a container with our worker, which writes the run's
 * folder as for any run. The two meet in files alone, so that engine, worker and service may each die without the others.
 */
export class DockerServices implements Backend {
  readonly id = 'docker';
  readonly #parts: DockerServicesParts;
  readonly #workspace: string;

  constructor(parts: DockerServicesParts) {
    this.#parts = parts;
    this.#workspace = workspaceId(parts.root.path);
  }

  check(signal: AbortSignal): Promise<Availability> {
    return this.#parts.docker.check(signal);
  }

  report(signal: AbortSignal): Promise<readonly DoctorCheck[]> {
    return this.#parts.docker.report(signal);
  }

  settle(run: Pick<LaunchSpec, 'task' | 'offline'>, signal: AbortSignal): Promise<void> {
    return this.#parts.services.settle(run, signal);
  }

  plan(spec: LaunchSpec): Record<string, z.core.util.JSONType> {
    const service = this.#parts.services.resolve(spec.task);
    return service === null ? this.#parts.docker.plan(spec) : plannedService(spec, service, ownUser());
  }

  async submit(spec: LaunchSpec, signal: AbortSignal): Promise<Launched> {
    const service = this.#parts.services.resolve(spec.task);
    if (service === null) return this.#parts.docker.submit(spec, signal);
    const daemon = await this.#parts.daemons.first(signal);
    try {
      const there = await this.#lookUp(daemon, spec);
      if (there !== null) return there;
      const parts: StartParts = { ...this.#parts, daemon, labelled: this.#labelled(spec), service };
      await startService(spec, parts, signal);
      const launched = await this.#lookUp(daemon, spec);
      if (launched === null)
        throw new AppError('backend_rejected', 'The run’s container is gone right after its start.');
      return launched;
    } catch (cause) {
      await this.#clear(daemon, spec).catch(() => undefined);
      signal.throwIfAborted();
      throw dockerError(cause, 'starting the service');
    }
  }

  async find(spec: LaunchSpec): Promise<Launched | null> {
    if (spec.task.analysis.type !== 'service') return this.#parts.docker.find(spec);
    const daemon = await this.#parts.daemons.first(AbortSignal.timeout(10_000));
    try {
      const found = await this.#lookUp(daemon, spec);
      if (found === null) await this.#clear(daemon, spec);
      return found;
    } catch (cause) {
      throw dockerError(cause, 'looking for the service’s container');
    }
  }

  async watch(spec: LaunchSpec, handle: Handle, signal: AbortSignal): Promise<Ending> {
    const { docker } = this.#parts;
    const service = this.#service(handle);
    if (service === null) return docker.watch(spec, handle, signal);
    const over = new AbortController();
    const both = AbortSignal.any([signal, over.signal]);
    const followed = followService(service, new ServiceControl(spec), both).catch(() => undefined);
    try {
      const ending = await docker.watch(spec, handle, signal);
      // A worker that died leaves nobody who would take in what the service does.
      await endService(service, 'SIGKILL').catch(() => undefined);
      return ending;
    } finally {
      over.abort();
      await followed;
    }
  }

  async cancel(handle: Handle, how: 'term' | 'kill'): Promise<void> {
    // `term` goes to the worker, which has its service ended and then ends in order.
    await this.#parts.docker.cancel(handle, how);
    const service = this.#service(handle);
    if (service === null || how === 'term') return;
    try {
      await endService(service, 'SIGKILL');
    } catch (cause) {
      throw dockerError(cause, 'ending the service');
    }
  }

  async cleanup(spec: LaunchSpec, handle: Handle): Promise<void> {
    // By their labels, both containers go.
    await this.#parts.docker.cleanup(spec, handle);
    if (this.#service(handle) === null) return;
    new ServiceControl(spec).remove();
  }

  async sweep(live: () => ReadonlySet<JobId>, signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#parts.docker.sweep?.(live, signal)) ?? [];
  }

  /**
   * The attempt as far as it was started; null when there is nothing, or only what never ran. A service that was not started,
   * because the engine died right before, is started now: its worker waits for it.
   */
  async #lookUp({ docker, address }: Daemon, spec: LaunchSpec): Promise<Launched | null> {
    const labelled = this.#labelled(spec);
    const [worker] = await listContainers(docker, labelsOf(labelled, 'worker'));
    const [service] = await listContainers(docker, labelsOf(labelled, 'service'));
    if (worker === undefined || service === undefined || worker.State === 'created') return null;
    if (service.State === 'created' && worker.State === 'running')
      await this.#startOrSay(docker.getContainer(service.Id), spec);
    return {
      handle: { container: worker.Id, service: service.Id, engine: address },
      isolation: IsolationAsked.parse(JSON.parse(worker.Labels[label.isolation] ?? 'null')),
      imageDigest: worker.Labels[label.image] ?? service.ImageID,
    };
  }

  async #startOrSay(service: Docker.Container, spec: LaunchSpec): Promise<void> {
    try {
      await startContainer(service);
    } catch (cause) {
      const error = notStarted(cause).toData();
      new ServiceControl(spec).end({ v: 1, exitCode: null, outOfMemory: false, error });
    }
  }

  async #clear(daemon: Daemon, spec: LaunchSpec): Promise<void> {
    await this.#parts.docker.cleanup(spec, { container: 'none', engine: daemon.address });
    new ServiceControl(spec).remove();
  }

  #service({ service, engine }: Handle): Docker.Container | null {
    if (typeof service !== 'string' || typeof engine !== 'string') return null;
    return this.#parts.daemons.client(engine).getContainer(service);
  }

  #labelled({ jobId, attempt }: Pick<LaunchSpec, 'jobId' | 'attempt'>): Labelled {
    return { workspace: this.#workspace, jobId, attempt };
  }
}
