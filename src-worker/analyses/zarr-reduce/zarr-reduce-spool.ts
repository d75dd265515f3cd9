import type { FileHandle } from 'node:fs/promises';
import { open, rm } from 'node:fs/promises';
import { writeFully } from '../../raster/cog/tile-spool.ts';
import type { Region } from './zarr-reduce-regions.ts';

const bytesPerCell = 8;
/** What is written at once. */
const bufferBytes = 4 * 1_048_576;

/**
 * Results on their way from regions, which come as the chunks lie, to maps, which are written block by block: float64 in a
 * temporary file, region after region, in each plane after plane. A plane is a result of one region.
 */
export class PlaneSpool {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #planes: number;

  private constructor(file: FileHandle, path: string, planes: number) {
    this.#file = file;
    this.#path = path;
    this.#planes = planes;
  }

  /** @param planes number of planes of every region */
  static async open(path: string, planes: number): Promise<PlaneSpool> {
    return new PlaneSpool(await open(path, 'w+', 0o600), path, planes);
  }

  /** Takes the planes of a region, which must come in their order. */
  writer(region: Region): PlaneWriter {
    return new PlaneWriter(this.#file, this.#offset(region, 0), cellsOf(region));
  }

  /** Planes `from` to `to` of a region, one after the other. */
  async read(region: Region, from: number, to: number): Promise<Float64Array<ArrayBuffer>> {
    return this.#read(this.#offset(region, from), (to - from) * cellsOf(region));
  }

  /** Some whole rows of one plane, by their number in the region. */
  async readRows(region: Region, plane: number, from: number, to: number): Promise<Float64Array<ArrayBuffer>> {
    const width = region.columns.length;
    return this.#read(this.#offset(region, plane) + from * width * bytesPerCell, (to - from) * width);
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  async #read(position: number, cells: number): Promise<Float64Array<ArrayBuffer>> {
    const values = new Float64Array(cells);
    const bytes = new Uint8Array(values.buffer);
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, position + done);
      if (bytesRead === 0) throw new Error('The temporary file of results is shorter than was written.');
      done += bytesRead;
    }
    return values;
  }

  #offset(region: Region, plane: number): number {
    return (region.before * this.#planes + plane * cellsOf(region)) * bytesPerCell;
  }
}

export function cellsOf({ rows, columns }: Region): number {
  return rows.length * columns.length;
}

/** Gathers small planes, so that a region of few cells is written at once. */
export class PlaneWriter {
  readonly #file: FileHandle;
  readonly #buffer: Float64Array<ArrayBuffer>;
  #position: number;
  #used = 0;

  constructor(file: FileHandle, position: number, cells: number) {
    this.#file = file;
    this.#position = position;
    this.#buffer = new Float64Array(Math.max(cells, Math.floor(bufferBytes / bytesPerCell / cells) * cells));
  }

  async write(plane: Float64Array): Promise<void> {
    if (this.#used + plane.length > this.#buffer.length) await this.flush();
    this.#buffer.set(plane, this.#used);
    this.#used += plane.length;
  }

  async flush(): Promise<void> {
    const bytes = new Uint8Array(this.#buffer.buffer, 0, this.#used * bytesPerCell);
    await writeFully(this.#file, bytes, this.#position);
    this.#position += bytes.length;
    this.#used = 0;
  }
}
