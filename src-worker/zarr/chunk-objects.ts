import type { ZarrArray } from './zarr-array.ts';

/** Chunks that are to be read: those of every column at every place along time. */
export interface ChunkPlan {
  /** How many columns of chunks there are in space. Those of one shard follow each other. */
  readonly columns: number;
  /** Numbers of chunks along time, rising. */
  readonly times: readonly number[];
  /** Position of a chunk from its number along time and that of its column, from 0. */
  readonly position: (time: number, column: number) => number[];
}

/** Runs of places whose chunks lie in one object. */
interface Runs {
  readonly count: number;
  readonly bounds: (run: number) => readonly [from: number, to: number];
}

/**
 * The objects (chunks, or shards of several) that hold the chunks of a plan, by their number: column after column, in each
 * along time. They are counted and never listed, as a record of many years on a fine grid has millions.
 */
export class ChunkObjects {
  /** Number of objects. */
  readonly count: number;
  /** Objects along time. */
  readonly moments: number;
  readonly #plan: ChunkPlan;
  readonly #places: Runs;
  readonly #times: Runs;

  constructor(array: ZarrArray, plan: ChunkPlan) {
    const { columns, times, position } = plan;
    const keyOf = (moment: number, column: number) => array.objectOf(position(times[moment] ?? 0, column));
    const runs = array.facts.shards === null ? single : equalKeys;
    this.#plan = plan;
    this.#places = runs(columns, (column) => keyOf(0, column));
    this.#times = runs(times.length, (moment) => keyOf(moment, 0));
    this.moments = this.#times.count;
    this.count = this.#places.count * this.moments;
  }

  /** Position of the first chunk in an object. */
  first(number: number): number[] {
    for (const position of this.positions(number)) return position;
    throw new RangeError(`There is no object ${number}.`);
  }

  /** Positions of the chunks of the plan that lie in an object. */
  *positions(number: number): Generator<number[]> {
    const { times, position } = this.#plan;
    const { place, moment } = this.#bounds(number);
    for (let column = place[0]; column < place[1]; column += 1)
      for (const time of times.slice(...moment)) yield position(time, column);
  }

  /** How many chunks of the plan lie in an object. */
  chunksIn(number: number): number {
    const { place, moment } = this.#bounds(number);
    return (place[1] - place[0]) * (moment[1] - moment[0]);
  }

  #bounds(number: number) {
    return {
      place: this.#places.bounds(Math.floor(number / this.moments)),
      moment: this.#times.bounds(number % this.moments),
    };
  }
}

function single(count: number): Runs {
  return { count, bounds: (run) => [run, run + 1] };
}

function equalKeys(count: number, keyOf: (item: number) => string): Runs {
  const starts: number[] = [];
  let last: string | null = null;
  for (let item = 0; item < count; item += 1) {
    const key = keyOf(item);
    if (key !== last) starts.push(item);
    last = key;
  }
  return { count: starts.length, bounds: (run) => [starts[run] ?? 0, starts[run + 1] ?? count] };
}
