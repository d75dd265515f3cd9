import { randomBytes } from 'node:crypto';
import { availableParallelism, homedir } from 'node:os';
import type { Logger } from 'pino';
import { isFinal, jobStates } from '../../src-shared/job.ts';
import type { Backend } from './backends/backend.ts';
import { Daemons } from './backends/docker/daemon.ts';
import { DockerBackend } from './backends/docker/docker-backend.ts';
import { DockerServices } from './backends/docker/service/docker-services.ts';
import { processHost } from './backends/process/host.ts';
import { ProcessBackend } from './backends/process/process-backend.ts';
import { hostsRead } from './cache/hosts-read.ts';
import { ReadCache } from './cache/read-cache.ts';
import type { DataRoot } from '../client/data-root.ts';
import { Conditions } from './conditions.ts';
import { makeDoctor } from './doctor/doctor.ts';
import { Grants } from './grants/grants.ts';
import { DiskRoom } from './jobs/disk-room.ts';
import { ImageService } from './images/image-service.ts';
import { makeWorkerImages } from './images/make-worker-images.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { JobQueue } from './jobs/job-queue.ts';
import { JobService } from './jobs/job-service.ts';
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
import { JobStore } from './store/job-store.ts';
import { findWorkerBundle } from './worker-bundle.ts';

const unfinished = jobStates.filter((state) => !isFinal(state));

/**
 * Runs the engine of a data root until it is told to stop or has been idle for long. Composition only: it builds every part
 * and wires them. Call with the lock held. Running workers are left alone when it ends.
 */
export async function runEngine(root: DataRoot, log: Logger, env: NodeJS.ProcessEnv): Promise<void> {
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
  const images = new ImageService({
    images: workerImages,
    env,
    docker: async (signal) => (await daemons.first(signal)).docker,
  });
  const recorder = { root, store, log, stop: stopping.signal };
  const outputIndex = new OutputIndex({ root, states: () => store.states(), log });
  const maxRunning = settings.values.max_local_jobs ?? Math.max(1, availableParallelism() - 1);
  const room = new DiskRoom(root.path, settings.values.min_free_gb);
  const cache = new ReadCache(root.path, settings.values.read_cache_gb * 1e9, log);
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
    room,
    secrets: (task) => secrets.valuesOf(task),
    cache,
    onEnded: (id) => {
      outputIndex.request();
      void cache.adopt(id, () => hostsRead(root, store, id));
    },
  });
  queue.reconcile();
  void cache.sweep((id) => store.inStates(...unfinished).some((job) => job.id === id));
  for (const backend of backends.values()) sweeper.request(backend);
  const conditions = new Conditions();
  conditions.add(() => room.condition(queue.counts().queued));
  const examples = findExamples(env);
  if (examples === null) log.warn('the shipped examples are not there');
  const library = new TaskLibrary({ root, store, examples });
  const files = new RunFiles(root, store);
  const grants = new Grants(root, (cause) => {
    log.error({ cause }, 'the record of grants cannot be used; nothing is granted');
  });
  const jobs = new JobService({
    root,
    store,
    queue,
    backends,
    settings: settings.values,
    origin: (from) => library.origin(from),
    admit: async (task, backend) => {
      secrets.check(task);
      await services.admit(task, backend);
    },
    standing: () => [...grants.paths(), ...(examples === null ? [] : [examples])],
  });

  const retire = () => {
    server.retire();
    // After the answer has left.
    setTimeout(stop, 20);
  };
  const agent = randomBytes(32).toString('base64url');
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
    services,
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
  const server = await listen(makeApp(handlers, files, { agent, owner: null }, log), root, agent);
  log.info({ dataRoot: root.path, jobs: report.jobs, workerVersion: bundle.version }, 'engine ready');

  const idleMs = settings.values.idle_exit_seconds * 1000;
  const idleCheck = setInterval(
    () => {
      const { running, queued } = queue.counts();
      if (running + queued + server.connections() === 0 && Date.now() - server.lastUse() > idleMs) stop();
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
  await server.close();
  await outputIndex.settled();
  await cache.settled();
  store.close();
  log.info('engine stopped');
}
