import type { RunContext } from '../../run/context.ts';
import type { ChunkValues } from '../../zarr/zarr-array.ts';
import { AreaMask } from '../shared/area-mask.ts';
import { mapLimit } from '../shared/map-limit.ts';
import type { Accumulator } from './zarr-reduce-accumulator.ts';
import { accumulatorBytes, makeAccumulator } from './zarr-reduce-accumulator.ts';
import type { ReduceJob } from './zarr-reduce-job.ts';
import type { Region } from './zarr-reduce-regions.ts';
import { chunkPosition, insideOf, timeChunks } from './zarr-reduce-regions.ts';
import type { PlaneSpool, PlaneWriter } from './zarr-reduce-spool.ts';
import { cellsOf } from './zarr-reduce-spool.ts';

/** Chunks that are fetched and unpacked at the same time. */
const parallel = 4;

/** Planes of every region: the results, then the means of the parts of the reference period. */
export function planesOf({ time }: ReduceJob): number {
  return time.steps.length + time.partCounts.length;
}

/** Bytes that a region takes: what is accumulated, the planes being written, and `chunks` chunks. */
export function regionBytes(job: ReduceJob, region: Region, chunks: number): number {
  const { time, analysis } = job;
  const open = time.inOrder ? 1 : time.steps.length;
  const cells = cellsOf(region);
  const accumulated = open * accumulatorBytes(analysis.statistic) + time.partCounts.length * accumulatorBytes('mean');
  const held = job.variable.indexBytes + chunks * job.variable.chunkBytes;
  return cells * (accumulated + 3 * 8 + (time.inOrder ? 0 : 8)) + 4 * 1_048_576 + held;
}

/** How many chunks may be in hand at once. */
function chunksAtOnce(job: ReduceJob, region: Region, freeBytes: number): number {
  let chunks = parallel;
  while (chunks > 1 && regionBytes(job, region, chunks) > freeBytes) chunks -= 1;
  return chunks;
}

/** The most that any region takes. */
export function passBytes(job: ReduceJob, regions: readonly Region[], freeBytes: number): number {
  return regions.reduce(
    (most, region) => Math.max(most, regionBytes(job, region, chunksAtOnce(job, region, freeBytes))),
    0,
  );
}

/** Reads every chunk once, region after region and in each from the first to the last, and puts the results into the spool. */
export async function reducePass(
  ctx: RunContext,
  job: ReduceJob,
  regions: readonly Region[],
  spool: PlaneSpool,
): Promise<void> {
  const chunks = timeChunks(job);
  const area = ctx.aoi === null ? null : new AreaMask(ctx.aoi, job.grid.crs, job.grid.transform);
  let done = 0;
  for (const region of regions) {
    const atOnce = chunksAtOnce(job, region, ctx.memory.free);
    await ctx.memory.hold(regionBytes(job, region, atOnce), async () => {
      const inside = area === null ? null : insideOf(area, region);
      const reduction = new RegionReduction(job, region, spool.writer(region), inside);
      for (let from = 0; from < chunks.length; from += atOnce) {
        const batch = chunks.slice(from, from + atOnce);
        const read = await mapLimit(batch, atOnce, async (chunk) => {
          ctx.signal.throwIfAborted();
          ctx.pixels.add(job.variable.chunkValues);
          return job.variable.chunk(chunkPosition(job, chunk, region));
        });
        for (const [index, values] of read.entries()) await reduction.add(batch[index] ?? 0, values);
        done += batch.length;
        ctx.progress('chunks', done, regions.length * chunks.length, 'chunks');
      }
      await reduction.finish();
    });
  }
}

/** Turns the time steps of a region into its results. */
class RegionReduction {
  readonly #job: ReduceJob;
  readonly #region: Region;
  readonly #writer: PlaneWriter;
  readonly #inside: Uint8Array | null;
  readonly #values: Float64Array<ArrayBuffer>;
  readonly #open = new Map<number, Accumulator>();
  readonly #parts: readonly Accumulator[];
  #current = 0;

  constructor(job: ReduceJob, region: Region, writer: PlaneWriter, inside: Uint8Array | null) {
    this.#job = job;
    this.#region = region;
    this.#writer = writer;
    this.#inside = inside;
    const cells = cellsOf(region);
    this.#values = new Float64Array(cells);
    this.#parts = job.time.partCounts.map(() => makeAccumulator('mean', cells));
  }

  /** Adds the time steps of a chunk, in their order. */
  async add(timeChunk: number, chunk: ChunkValues): Promise<void> {
    const { variable, at, time, analysis } = this.#job;
    const size = variable.facts.chunks[at.time] ?? 1;
    const length = variable.facts.shape[at.time] ?? 0;
    for (let t = 0; t < size && timeChunk * size + t < length; t += 1) {
      const index = timeChunk * size + t;
      const [step, part] = [time.stepOf[index] ?? -1, time.partOf[index] ?? -1];
      if (step < 0 && part < 0) continue;
      this.#unpack(chunk, t);
      this.#parts[part]?.add(this.#values);
      if (step < 0) continue;
      if (time.inOrder && step !== this.#current) await this.#close(step);
      const accumulator = this.#open.get(step) ?? makeAccumulator(analysis.statistic, this.#values.length);
      this.#open.set(step, accumulator);
      accumulator.add(this.#values);
    }
  }

  async finish(): Promise<void> {
    await this.#close(this.#job.time.steps.length);
    for (const part of this.#parts) await this.#write(part);
    await this.#writer.flush();
  }

  /** Writes the results before `next`, which get no more time steps. */
  async #close(next: number): Promise<void> {
    for (; this.#current < next; this.#current += 1) {
      const accumulator = this.#open.get(this.#current);
      this.#open.delete(this.#current);
      await this.#write(accumulator ?? makeAccumulator('mean', this.#values.length));
    }
  }

  async #write(accumulator: Accumulator): Promise<void> {
    const plane = accumulator.result();
    const inside = this.#inside;
    if (inside !== null) for (let i = 0; i < plane.length; i += 1) if (inside[i] === 0) plane[i] = NaN;
    await this.#writer.write(plane);
  }

  /** One time step of the region as physical values, NaN where there is none. */
  #unpack({ data, stride }: ChunkValues, t: number): void {
    const { variable, at, fixed, packing } = this.#job;
    const { yInChunk, xInChunk } = this.#region;
    const [strideY, strideX] = [stride[at.y] ?? 0, stride[at.x] ?? 0];
    let base = t * (stride[at.time] ?? 0);
    for (const [axis, index] of fixed) base += (index % (variable.facts.chunks[axis] ?? 1)) * (stride[axis] ?? 0);
    const values = this.#values;
    const { scale, offset, only } = packing;
    let out = 0;
    for (const y of yInChunk) {
      const row = base + y * strideY;
      for (const x of xInChunk) {
        const stored = data[row + x * strideX] ?? NaN;
        values[out] = only === null ? packing.unpack(stored) : stored === only ? NaN : stored * scale + offset;
        out += 1;
      }
    }
  }
}
