import { randomBytes } from 'node:crypto';
import { availableParallelism, homedir } from 'node:os';
import type { Logger } from 'pino';
import type { BackendId, Job } from '../../src-shared/job.ts';
import { isFinal, jobStates } from '../../src-shared/job.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import type { Backend } from './backends/backend.ts';
import { Daemons } from './backends/docker/daemon.ts';
import { DockerBackend } from './backends/docker/docker-backend.ts';
import { DockerServices } from './backends/docker/service/docker-services.ts';
import type { ProcessHost } from './backends/process/host.ts';
import { processHost } from './backends/process/host.ts';
import { ProcessBackend } from './backends/process/process-backend.ts';
import { hostsRead } from './cache/hosts-read.ts';
import { ReadCache } from './cache/read-cache.ts';
import type { DataRoot } from '../client/data-root.ts';
import { systemClock } from './clock.ts';
import { Conditions } from './conditions.ts';
import { makeDoctor } from './doctor/doctor.ts';
import { Grants } from './grants/grants.ts';
import { LaunchSheets } from './gate/launch-sheet.ts';
import { makeGate } from './gate/make-gate.ts';
import { DiskRoom } from './jobs/disk-room.ts';
import { GateJobsOfStore } from './jobs/gate-jobs.ts';
import { ImageService } from './images/image-service.ts';
import { makeWorkerImages } from './images/make-worker-images.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { JobQueue } from './jobs/job-queue.ts';
import { JobService } from './jobs/job-service.ts';
import { SupervisedJobsOfStore } from './jobs/supervised-jobs.ts';
import { Sweeper } from './jobs/sweeper.ts';
import { findExamples } from './library/examples.ts';
import { TaskLibrary } from './library/task-library.ts';
import { OutputIndex } from './output-index/output-index.ts';
import { Preflights } from './preflight/preflights.ts';
import { RunFiles } from './run-files/run-files.ts';
import { Secrets } from './secrets/secrets.ts';
import { serviceHost } from './services/host.ts';
import { Services } from './services/services.ts';
import { makeApp } from './server/app.ts';
import { makeHandlers } from './server/handlers.ts';
import { listen } from './server/listen.ts';
import { loadSettings } from './settings-source.ts';
import { Owner } from './owner/owner.ts';
import { JobStore } from './store/job-store.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import { findWorkerBundle } from './worker-bundle.ts';

/** How often it is looked for approvals and proposals whose time is over, ms. */
const expiryMs = 60_000;
const unfinished = jobStates.filter((state) => !isFinal(state));

/**
 * Runs the engine of a data root until it is told to stop or has been idle for long. Composition only: it builds every part
 * and wires them. Call with the lock held. Running workers are left alone when it ends.
 * @param more further back ends: how tests bring one whose machines cost money
 */
export async function runEngine(
  root: DataRoot,
  log: Logger,
  env: NodeJS.ProcessEnv,
  more: (parts: { readonly host: ProcessHost }) => readonly Backend[] = () => [],
): Promise<void> {
  const startedAt = new Date().toISOString();
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort(new Error('The engine stops.'));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);

  const settings = loadSettings(root, env);
  for (const problem of settings.problems) log.warn(problem, 'a setting is not used');
  const bundle = findWorkerBundle();
  const onIndexProblem = (cause: unknown) => {
    log.error({ cause }, 'the index could not be written; the records are complete');
  };
  const onRecordProblem = (jobId: string, cause: unknown) => {
    log.error({ jobId, cause }, 'a record can no longer be read');
  };
  const { store, report } = JobStore.open(root, { onIndexProblem, onRecordProblem });
  for (const problem of report.problems) log.error(problem, 'a record cannot be used');

  const secrets = new Secrets(root, env);
  const daemons = new Daemons({ env, platform: process.platform, home: homedir() });
  const workerImages = makeWorkerImages(bundle, env);
  const services = new Services({ root, env, limits: settings.values, host: serviceHost(daemons) });
  const containers = { root, env, daemons, images: workerImages };
  const docker = new DockerServices({ ...containers, services, docker: new DockerBackend(containers) });
  const host = processHost(bundle.program, root.path, env);
  const backends = new Map<Backend['id'], Backend>([
    ['process', new ProcessBackend(host)],
    ['docker', docker],
  ]);
  for (const backend of more({ host })) backends.set(backend.id, backend);
  const images = new ImageService({
    images: workerImages,
    env,
    docker: async (signal) => (await daemons.first(signal)).docker,
  });
  const cache = new ReadCache(root.path, settings.values.read_cache_gb * 1e9, log);
  const atGate = new GateJobsOfStore({ root, store, queue: () => queue });
  const gated = makeGate({
    root,
    env,
    clock: systemClock,
    log,
    bundle,
    cache,
    secrets: (task) => secrets.statedFor(task),
    jobs: atGate,
  });
  const { gate, proposals, ledger, judge, money } = gated;
  const settle = ({ id }: Job) => gate.ended(id);
  const recorder = { root, store, log, stop: stopping.signal, settle };
  const outputIndex = new OutputIndex({ root, states: () => store.states(), log });
  const maxRunning = settings.values.max_local_jobs ?? Math.max(1, availableParallelism() - 1);
  const room = new DiskRoom(root.path, settings.values.min_free_gb);
  const sweeper = new Sweeper(recorder);
  const queue = new JobQueue({
    ...recorder,
    runner: new JobRunner({
      ...recorder,
      bundle,
      onLeft: (backend) => {
        sweeper.request(backend);
      },
      limits: { heartbeatSeconds: settings.values.heartbeat_seconds, maxFiles: settings.values.max_run_files },
    }),
    backends,
    settings: settings.values,
    maxRunning,
    gate,
    room,
    secrets: (task) => secrets.valuesOf(task),
    cache,
    onEnded: (id) => {
      outputIndex.request();
      void cache.adopt(id, () => hostsRead(root, store, id));
    },
  });
  atGateSafely(log, () => {
    proposals.reconcile();
  });
  queue.reconcile();
  const supervisor = new Supervisor({
    ledger,
    backends,
    clock: systemClock,
    jobs: new SupervisedJobsOfStore(store, queue),
    settings: () => {
      const { supervise_seconds, usd_per } = money().values;
      return { superviseSeconds: supervise_seconds, usdPer: usd_per };
    },
    log,
    stop: stopping.signal,
  });
  void supervisor.run();
  void cache.sweep((id) => store.inStates(...unfinished).some((job) => job.id === id));
  for (const backend of backends.values()) sweeper.request(backend);
  const conditions = new Conditions();
  conditions.add(() => room.condition(queue.counts().queued));
  conditions.add(() => supervisor.conditions());
  const examples = findExamples(env);
  if (examples === null) log.warn('the shipped examples are not there');
  const library = new TaskLibrary({ root, store, examples });
  const files = new RunFiles(root, store);
  const grants = new Grants(root, (cause) => {
    log.error({ cause }, 'the record of grants cannot be used; nothing is granted');
  });
  const admit = async (task: Task, backend: BackendId) => {
    secrets.check(task);
    await services.admit(task, backend);
  };
  const jobs = new JobService({
    root,
    store,
    queue,
    backends,
    settings: settings.values,
    gate,
    proposals,
    sheets: new LaunchSheets({
      backends,
      settings: settings.values,
      offers: gated.offers,
      isWalled: () => host.bubblewrap.state().problem === null,
      admit,
    }),
    origin: (from) => library.origin(from),
    admit,
    standing: () => [...grants.paths(), ...(examples === null ? [] : [examples])],
  });

  const retire = () => {
    server.retire();
    // After the answer has left.
    setTimeout(stop, 20);
  };
  const agent = randomBytes(32).toString('base64url');
  const owner = new Owner(root, systemClock);
  const handlers = makeHandlers({
    root,
    store,
    jobs,
    queue,
    files,
    library,
    grants,
    settings,
    secrets,
    owner,
    services,
    proposals,
    supervisor,
    spending: {
      ledger,
      clock: systemClock,
      caps: () => judge.rules(null).caps,
      waiting: () => proposals.count(),
      problem: () => judge.recordProblem()?.message ?? null,
    },
    outputIndex,
    conditions,
    doctor: makeDoctor({
      root,
      backends,
      engine: { workerVersion: bundle.version, maxRunning },
      keychain: () => secrets.status(),
    }),
    images,
    preflights: new Preflights({
      host,
      folder: root.engine,
      settings: settings.values,
      secrets: (task) => secrets.valuesOf(task),
      cache,
    }),
    workerVersion: bundle.version,
    startedAt,
    stop: retire,
  });
  const tokens = { agent, isOwner: (token: string | undefined) => owner.isOwner(token) };
  const server = await listen(makeApp(handlers, files, tokens, log), root, agent);
  log.info({ dataRoot: root.path, jobs: report.jobs, workerVersion: bundle.version }, 'engine ready');

  const expiry = setInterval(() => {
    atGateSafely(log, () => {
      proposals.expire();
    });
  }, expiryMs);
  const idleMs = settings.values.idle_exit_seconds * 1000;
  const idleCheck = setInterval(
    () => {
      const { running, queued } = queue.counts();
      const isIdle = running + queued + server.connections() === 0 && !supervisor.hasWork();
      if (isIdle && Date.now() - server.lastUse() > idleMs) stop();
    },
    Math.min(idleMs, 1_000),
  );

  await new Promise<void>((resolve) => {
    stopping.signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
  clearInterval(idleCheck);
  clearInterval(expiry);
  supervisor.noteMeters();
  await server.close();
  await outputIndex.settled();
  await cache.settled();
  store.close();
  log.info('engine stopped');
}

/** What can't be written now, on a full disk say, stays as it is: nothing is launched by that, and it is tried again. */
function atGateSafely(log: Logger, work: () => void): void {
  try {
    work();
  } catch (cause) {
    log.error({ cause }, 'what waits at the gate could not be brought up to date');
  }
}
