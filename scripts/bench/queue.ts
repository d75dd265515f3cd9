import { askThroughWindow } from '../../test/helpers/ask-engine.ts';
import { Job } from '../../src-shared/job.ts';
import type { BenchEngine } from './bench-engine.ts';
import { ended } from './bench-engine.ts';
import { round } from './measure.ts';

const agentJobs = 190;
const windowJobs = 10;

/** 200 jobs at once, first 190 of an agent, then 10 of the window: how fast they end, and in which order they are started. */
export async function queueOf(engine: BenchEngine, text: string): Promise<unknown> {
  const agent: Job[] = [];
  const start = performance.now();
  for (let n = 0; n < agentJobs; n += 1) agent.push(await engine.client('submitJob', { text, backend: 'process' }));
  const window: Job[] = [];
  for (let n = 0; n < windowJobs; n += 1) {
    const reply = await askThroughWindow(engine.root, '/api/v1/jobs', { text, backend: 'process' });
    window.push(Job.parse(JSON.parse(reply.body.toString('utf8'))));
  }
  const submitMs = performance.now() - start;
  const all: Job[] = [];
  for (const { id } of [...agent, ...window]) all.push(await ended(engine, id));
  const seconds = (performance.now() - start) / 1000;
  const submitted = (job: Job) => Date.parse(job.result?.phases.submitted ?? '');
  const started = all.toSorted((a, b) => submitted(a) - submitted(b)).map(({ id }) => id);
  const places = (jobs: readonly Job[]) => jobs.map(({ id }) => started.indexOf(id));
  const before =
    window[0] === undefined ? 0 : all.filter((job) => submitted(job) < Date.parse(window[0]?.createdAt ?? '')).length;
  return {
    jobs: all.length,
    failed: all.filter(({ state }) => state !== 'succeeded').length,
    submitMs: round(submitMs),
    seconds: round(seconds, 1),
    jobsPerSecond: round(all.length / seconds, 2),
    // Jobs that were started in the same millisecond may change places here.
    agentStartedOutOfTurn: places(agent).filter((place, n, at) => n > 0 && place < (at[n - 1] ?? 0)).length,
    startedBeforeTheWindowAsked: before,
    windowStartedAt: places(window),
  };
}
