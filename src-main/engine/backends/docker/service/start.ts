import { join, posix } from 'node:path';
import { serviceFolder } from '../../../../../src-shared/service-protocol.ts';
import type { DataRoot } from '../../../../client/data-root.ts';
import type { WorkerImages } from '../../../images/worker-images.ts';
import { serviceNeeds } from '../../../services/needs.ts';
import type { ResolvedService } from '../../../services/resolve.ts';
import type { LaunchSpec } from '../../backend.ts';
import { egressPolicyOf } from '../../hosts-of-run.ts';
import type { NamedContainer } from '../containers.ts';
import { createContainer, startContainer } from '../containers.ts';
import type { Daemon } from '../daemon.ts';
import { startEgress } from '../egress-sidecar.ts';
import { checkInputs } from '../inputs.ts';
import type { Labelled } from '../labels.ts';
import { label } from '../labels.ts';
import { giveTo, runtimeFolder, writeWorkerFiles } from '../runtime-folder.ts';
import { containerUser, ownUser } from '../user.ts';
import type { WorkerPlace } from '../worker-container.ts';
import { inside, workerContainer } from '../worker-container.ts';
import { ServiceControl } from './control-folder.ts';
import { hiddenEntries } from './hidden-entries.ts';
import { askedOfService, serviceContainer } from './service-container.ts';
import { ensureServiceImage } from './service-image.ts';

/** Memory of the task's own, in MiB, that the supervising worker is given: it passes text on and moves files. */
const supervisorMb = 128;

export interface StartParts {
  readonly root: Pick<DataRoot, 'path' | 'engine'>;
  readonly env: NodeJS.ProcessEnv;
  readonly images: WorkerImages;
  readonly daemon: Daemon;
  readonly labelled: Labelled;
  readonly service: ResolvedService;
}

/**
 * Creates the containers of a service run, and starts its supervising worker, which waits for the service. Everything bears the
 * attempt's labels from its creation on.
 * @throws AppError `denied` for inputs that cannot be shown, and as `ensureServiceImage`
 */
export async function startService(spec: LaunchSpec, parts: StartParts, signal: AbortSignal): Promise<void> {
  const { daemon, env, labelled, service, root } = parts;
  const { docker, facts } = daemon;
  const user = containerUser(ownUser(), facts);
  checkInputs(spec, root.path, user);
  const workerImage = await parts.images.ensure(docker, signal);
  const { offline } = spec;
  const held = await ensureServiceImage(service, { docker, env, offline, architecture: archOf(facts) }, signal);
  const secrets = await spec.secrets();
  const runtime = runtimeFolder(root, spec);
  const hasCertificates = writeWorkerFiles(runtime, { inputs: [], secrets }, user, env);
  const needs = serviceNeeds(spec.task, service.entry);
  const policy = egressPolicyOf(spec);
  const control = new ServiceControl(spec);
  const digest = held.digest ?? held.id;
  const { name, image, pinned, argv, workdir } = service;
  const cpus = Math.min(needs.cpus, facts.cpus);
  const network = policy === null ? ('none' as const) : ('proxy' as const);
  const { memoryBytes } = needs;
  const order = { name, image, digest, pinned: pinned !== null, argv: [...argv], workdir, memoryBytes, cpus, network };
  control.make({ v: 1, ...order }, user);
  giveTo(spec.folder, user);
  const events = join(spec.records, 'egress.ndjson');
  const sidecar = { labelled, image: workerImage.id, user, facts, runtime, events, env };
  const egress = policy === null ? null : await startEgress(docker, { ...sidecar, policy }, signal);
  signal.throwIfAborted();
  const { id: imageId, volumes } = held;
  const [caseFolder] = 'folder' in spec.task.inputs ? spec.inputs : [];
  const hidden = caseFolder === undefined ? [] : await hiddenEntries(caseFolder.path);
  const place = { service, needs, imageId, volumes, user, facts, control, egress, secrets, hidden };
  await createContainer(docker, serviceContainer(spec, labelled, place), signal);
  const isolation = askedOfService(spec, needs, user.uid, facts.cpus);
  const supervisor = supervisorContainer(spec, labelled, {
    image: workerImage.id,
    imageDigest: digest,
    user,
    facts,
    runtime: runtime.worker,
    inputs: { binds: [], files: [] },
    hasSecrets: secrets.size > 0,
    hasCertificates,
    egress: null,
  });
  const labels = { ...supervisor.Labels, [label.isolation]: JSON.stringify(isolation) };
  const worker = await createContainer(docker, { ...supervisor, Labels: labels }, signal);
  signal.throwIfAborted();
  await startContainer(worker);
}

/** Our worker beside a service: no network, no inputs, and the folder in which it meets the engine. */
function supervisorContainer(spec: LaunchSpec, labelled: Labelled, place: WorkerPlace): NamedContainer {
  const container = workerContainer({ ...spec, memoryMb: supervisorMb }, labelled, place);
  const control = posix.join(inside.jobs, spec.jobId, serviceFolder);
  return { ...container, Cmd: [...(container.Cmd ?? []), '--service', control] };
}

function archOf({ architecture }: Pick<Daemon['facts'], 'architecture'>): string {
  return { x86_64: 'amd64', aarch64: 'arm64' }[architecture] ?? architecture;
}
