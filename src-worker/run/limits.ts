import { AppError } from '../../src-shared/errors.ts';
import { httpAddress } from '../../src-shared/task/object-address.ts';
import type { Limits } from '../../src-shared/task/schema.ts';
import { webHost } from '../../src-shared/task/web-sources.ts';
import type { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import { accessNotes } from './access-notes.ts';
import type { Bounds, RunContext } from './context.ts';
import type { Gathered } from './gather-input.ts';
import { estimateSeconds } from './plan-time.ts';

/** Code, wasm, fonts and heap of the two threads before the first pixel. */
const baseMemoryMb = 200;

/** The plan as `--plan` prints it; `bounds` is null when nothing matched. @param planMs how long planning took so far */
export function workerPlan(ctx: RunContext, found: Gathered, bounds: Bounds | null, planMs: number): WorkerPlan {
  const { input } = found;
  const places =
    input.kind === 'scenes'
      ? input.items.map(({ place }) => place)
      : input.kind === 'zarr'
        ? [input.store]
        : input.places;
  const hrefs = [...places.map(({ href }) => href), ...ctx.sources.facts().map(({ name }) => name)];
  const hosts = new Set(hrefs.flatMap((href) => webHost(httpAddress(href, ctx.task.access) ?? '') ?? []));
  const spent = ctx.read.budget;
  const sums = {
    requests: spent.requests + (bounds?.requests ?? 0),
    readBytes: Math.ceil(spent.bytes + (bounds?.readBytes ?? 0)),
    pixels: Math.ceil(bounds?.pixels ?? 0),
    outputBytes: Math.ceil(bounds?.outputBytes ?? 0),
  };
  const timed = { isRemote: hosts.size > 0, plannedRequests: spent.requests, planMs };
  return {
    v: 1,
    items: places.length,
    matched: found.matched,
    ...sums,
    memoryMb: Math.ceil(baseMemoryMb + (bounds?.bufferBytes ?? 0) / 1_048_576),
    seconds: bounds === null ? null : estimateSeconds({ ...bounds, ...timed }),
    hosts: [...hosts].sort(),
    licences: found.licences.map((one) => ({ ...one })),
    overLimits: overLimits(sums, ctx.task.limits).map(({ limit, asked, allowed }) => ({ limit, asked, allowed })),
    notes: [...accessNotes(ctx.task), ...(bounds?.notes ?? ['Nothing matches the search.'])],
  };
}

/** Refuses a run whose plan exceeds a limit. @throws AppError `over_limit` naming the limit, what is needed and allowed */
export function checkBounds(plan: WorkerPlan, limits: Limits): void {
  const [first] = overLimits(plan, limits);
  if (first === undefined) return;
  const { limit, asked, allowed, verb, unit } = first;
  throw new AppError(
    'over_limit',
    `The run was not started: it would ${verb} ${asked} ${unit}; limits.${limit} allows ${allowed}.`,
    {
      remedy: `Choose a smaller area, fewer items or a coarser grid, or raise limits.${limit} in the task.`,
      details: { limit, asked, allowed },
    },
  );
}

function overLimits(plan: Pick<WorkerPlan, 'readBytes' | 'pixels' | 'outputBytes'>, limits: Limits) {
  const rows = [
    { limit: 'max_read_bytes', asked: plan.readBytes, verb: 'read', unit: 'bytes' },
    { limit: 'max_pixels', asked: plan.pixels, verb: 'decode', unit: 'source pixels' },
    { limit: 'max_output_bytes', asked: plan.outputBytes, verb: 'write up to', unit: 'bytes' },
  ] as const;
  return rows.map((row) => ({ ...row, allowed: limits[row.limit] })).filter(({ asked, allowed }) => asked > allowed);
}
