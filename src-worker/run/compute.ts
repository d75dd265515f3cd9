import { parentPort, workerData } from 'node:worker_threads';
import { AppError, toAppError } from '../../src-shared/errors.ts';
import type { Artefact } from '../../src-shared/job.ts';
import { documentContext } from '../stac/document-budget.ts';
import { httpAddress } from '../../src-shared/task/object-address.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import { webHosts } from '../../src-shared/task/web-sources.ts';
import { ReadBudget } from '../../src-raster/bytes/read-context.ts';
import { analyses } from '../analyses/registry.ts';
import type { RunContext } from './context.ts';
import { emptyOutcome } from './empty.ts';
import { FileNames } from './file-names.ts';
import type { Gathered } from './gather-input.ts';
import { gatherInput } from './gather-input.ts';
import { checkBounds, workerPlan } from './limits.ts';
import { MemoryBudget } from './memory.ts';
import type { FromThread, Outcome, RunFacts, ThreadInput, ToThread } from './messages.ts';
import { Outputs } from './outputs.ts';
import { isKept, openRemote } from './open-remote.ts';
import { PixelBudget } from './pixel-budget.ts';
import { checkPlan } from './plan-check.ts';
import type { Reads } from './plan-check.ts';
import { Places } from './places.ts';
import { ProgressPosts } from './progress-posts.ts';
import type { Mark } from './marks.ts';
import { markOf, withMark } from './marks.ts';
import { Reach, assetHrefs } from './reach.ts';
import { SourcePool } from './source-pool.ts';
import { wantedBands } from './wanted-bands.ts';

/** The compute thread's whole life: finds the input, plans, computes, and says how it ended. */
export async function compute(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new AppError('internal', 'compute() runs in a thread of the worker.');
  const input = workerData as ThreadInput;
  const post = (message: FromThread) => port.postMessage(message);
  const aborter = new AbortController();
  port.on('message', ({ error }: ToThread) => aborter.abort(AppError.fromData(error)));

  const { task } = requireTask(Buffer.from(input.taskText));
  const reach = new Reach(webHosts(task), process.env);
  const { remote, cache } = openRemote(task, process.env, input.cache);
  const places = new Places({
    ...input,
    reach: (href) => reach.allow([httpAddress(href, task.access) ?? href], false),
    ...(cache !== null && { kept: (href: string) => isKept(cache, href) }),
  });
  const budget = new ReadBudget(task.limits.max_read_bytes);
  const read = { signal: aborter.signal, budget, offline: input.offline, remote };
  const pixels = new PixelBudget(task.limits.max_pixels);
  const sources = new SourcePool(read, pixels, (message) => warn(message));
  const warnings: string[] = [];
  const progress = new ProgressPosts((sent) => post({ type: 'progress', progress: sent }));
  const log = (message: string) => post({ type: 'log', level: 'info', message: places.publicText(message) });
  const warn = (message: string) => {
    warnings.push(places.publicText(message));
    post({ type: 'log', level: 'warn', message: places.publicText(message) });
  };
  const began = performance.now();
  let planned: Reads | null = null;
  const facts = (): RunFacts => ({
    readBytes: budget.bytes,
    requests: budget.requests,
    pixels: pixels.pixels,
    sources: sources.facts(),
    warnings,
    planned,
  });

  try {
    const found = await gatherInput(task, {
      read: documentContext(read, input.heapBytes),
      places,
      offline: input.offline,
      maxItems: task.limits.max_items,
      bands: wantedBands(task),
      log,
      warn,
      progress: (phase, done, total) => progress.send(phase, done, total, 'items'),
    });
    await reach.allow(assetHrefs(found.input, task.access), true);
    let mark: Mark | null = null;
    const ctx: RunContext = {
      task,
      signal: aborter.signal,
      read,
      places,
      sources,
      pixels,
      memory: new MemoryBudget(input.bufferBytes),
      names: new FileNames(),
      aoi: found.aoi,
      features: found.features,
      get mark() {
        return mark?.text;
      },
      log,
      warn,
      progress: (phase, done, total, unit = '') => progress.send(phase, done, total, unit),
    };
    if (found.empty) {
      if (input.out === null) post({ type: 'planned', plan: workerPlan(ctx, found, null, performance.now() - began) });
      else post({ type: 'done', outcome: finalOutcome(emptyOutcome(task, found), null, found), facts: facts() });
      return;
    }
    const analysis = analyses[task.analysis.type];
    if (analysis === undefined)
      throw new AppError('invalid_task', `The worker does not run ${task.analysis.type} tasks.`, {
        remedy: 'A service runs on a container back end.',
      });
    const prepared = await analysis.plan(ctx, found.input);
    mark = markOf(found, prepared.rasters, prepared.attributes);
    const plan = workerPlan(ctx, found, prepared.bounds, performance.now() - began);
    if (input.out === null) {
      post({ type: 'planned', plan });
      return;
    }
    log(
      `Plan: ${plan.items} inputs, ${plan.readBytes} bytes in ${plan.requests} requests, ${plan.pixels} source pixels, at most ${plan.outputBytes} bytes of output.`,
    );
    planned = { readBytes: plan.readBytes, requests: plan.requests, pixels: plan.pixels };
    checkBounds(plan, task.limits);
    const outputs = new Outputs(input.out, task.limits.max_output_bytes, (artefact: Artefact) =>
      post({ type: 'artefact', artefact }),
    );
    const outcome = await prepared.run(outputs);
    if (cache !== null && cache.taken.requests > 0)
      log(
        `${cache.taken.bytes} bytes of ${cache.taken.requests} reads had been read before and were taken from the cache.`,
      );
    aborter.signal.throwIfAborted();
    progress.flush();
    const check = checkPlan(planned, { readBytes: budget.bytes, requests: budget.requests, pixels: pixels.pixels });
    log(check.words);
    if (check.warning !== null) warn(check.warning);
    post({ type: 'done', outcome: finalOutcome(outcome, mark, found), facts: facts() });
  } catch (cause) {
    const error = toAppError(cause);
    const { message, remedy, ...rest } = error.toData();
    const data = {
      ...rest,
      message: places.publicText(message),
      ...(remedy !== undefined && { remedy: places.publicText(remedy) }),
    };
    const stack = error.code === 'internal' && cause instanceof Error ? (cause.stack ?? null) : null;
    post({ type: 'failed', error: data, facts: facts(), stack });
  } finally {
    await sources.close();
  }
}

/** The outcome with what is known about its input: what is missing, and whether it is a measurement at all. */
function finalOutcome(outcome: Outcome, mark: Mark | null, { skipped, cut, licences }: Gathered): Outcome {
  const gaps = [
    ...(skipped > 0 && !outcome.validity.includes('partial')
      ? [`${skipped} of the inputs could not be read and are missing from this result (see the warnings).`]
      : []),
    ...(cut === null ? [] : [`The search broke off: ${cut}.`]),
  ];
  const others = outcome.validity.filter((one) => one !== 'computed' && one !== 'partial');
  const kept = outcome.validity.includes('computed') ? [] : [outcome.validityLine];
  const licensed: Outcome =
    licences.length === 0
      ? outcome
      : { ...outcome, metadata: { ...outcome.metadata, licences: licences.map((one) => ({ ...one })) } };
  const whole: Outcome =
    gaps.length === 0
      ? licensed
      : { ...licensed, validity: ['partial', ...others], validityLine: [...kept, ...gaps].join(' ') };
  return mark === null ? whole : withMark(whole, mark);
}
