import { AppError } from '../../src-shared/errors.ts';
import type { Limits } from '../../src-shared/task/schema.ts';
import type { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import type { Bounds, RunContext } from './context.ts';
import type { Gathered } from './gather-input.ts';

/** Code, wasm, fonts and heap of the two threads before the first pixel. */
const baseMemoryMb = 200;

/** The plan as `--plan` prints it; `bounds` is null when nothing matched. */
export function workerPlan(ctx: RunContext, found: Gathered, bounds: Bounds | null): WorkerPlan {
  const { input } = found;
  const places =
    input.kind === 'scenes' ? input.items.map(({ place }) => place) : input.kind === 'zarr' ? [input.store] : input.places;
  const hrefs = [...places.map(({ href }) => href), ...ctx.sources.facts().map(({ name }) => name)];
  const hosts = new Set(hrefs.flatMap((href) => (/^https?:/.test(href) ? new URL(href).host : [])));
  const spent = ctx.read.budget;
  return {
    v: 1,
    items: places.length,
    requests: spent.requests + (bounds?.requests ?? 0),
    readBytes: Math.ceil(spent.bytes + (bounds?.readBytes ?? 0)),
    pixels: Math.ceil(bounds?.pixels ?? 0),
    outputBytes: Math.ceil(bounds?.outputBytes ?? 0),
    memoryMb: Math.ceil(baseMemoryMb + (bounds?.bufferBytes ?? 0) / 1_048_576),
    hosts: [...hosts].sort(),
    notes: [...(bounds?.notes ?? ['Nothing matches the search.'])],
  };
}

/** Refuses a run whose plan exceeds a limit. @throws AppError `over_limit` naming the limit, what is needed and allowed */
export function checkBounds(plan: WorkerPlan, limits: Limits): void {
  const rows = [
    ['max_read_bytes', plan.readBytes, limits.max_read_bytes, 'read', 'bytes'],
    ['max_pixels', plan.pixels, limits.max_pixels, 'decode', 'source pixels'],
    ['max_output_bytes', plan.outputBytes, limits.max_output_bytes, 'write up to', 'bytes'],
  ] as const;
  for (const [limit, asked, allowed, verb, unit] of rows)
    if (asked > allowed)
      throw new AppError(
        'over_limit',
        `The run was not started: it would ${verb} ${asked} ${unit}; limits.${limit} allows ${allowed}.`,
        {
          remedy: `Choose a smaller area, fewer items or a coarser grid, or raise limits.${limit} in the task.`,
          details: { limit, asked, allowed },
        },
      );
}
