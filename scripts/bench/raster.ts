import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ReadBudget } from '../../src-raster/bytes/read-context.ts';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import { gridTiles } from '../../src-worker/raster/grid.ts';
import { openRaster } from '../../src-worker/raster/open-raster.ts';
import { bandStatistics } from '../../src-worker/raster/stats.ts';
import { best, python, ratio, round } from './measure.ts';

const size = 4096;
const runs = 3;

/** A rolling float32 surface, row-major, the same in both languages. */
function surface(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    return 1000 + 400 * Math.sin(x / 97) * Math.cos(y / 131) + ((x * 31 + y * 17) % 101) / 10;
  });
}

async function writeCog(path: string, values: Float32Array): Promise<void> {
  const grid = { width: size, height: size };
  const writer = await CogWriter.open(path, {
    ...grid,
    bandCount: 1,
    dtype: 'float32',
    nodata: -9999,
    crs: crsFromEpsg(32613),
    transform: [10, 0, 470_000, 0, -10, 4_440_000],
    resampling: 'average',
  });
  for (const tile of gridTiles(grid, 512)) {
    const block = new Float32Array(tile.width * tile.height);
    for (let row = 0; row < tile.height; row += 1) {
      const from = (tile.y + row) * size + tile.x;
      block.set(values.subarray(from, from + tile.width), row * tile.width);
    }
    await writer.writeWindow(1, tile, block);
  }
  await writer.finish();
}

async function readStatistics(path: string): Promise<void> {
  const ctx = { signal: new AbortController().signal, budget: new ReadBudget(1e12) };
  const source = await openRaster(path, ctx);
  await bandStatistics(source, 1, ctx);
  await source.close();
}

/** Writing and reading the same raster with GDAL on one thread, through rasterio. */
function peer(path: string): { write: number; read: number } | null {
  if (python === null) return null;
  const script = join(import.meta.dirname, 'raster_peer.py');
  const done = spawnSync(python, [script, String(size), String(runs), path], { encoding: 'utf8' });
  return done.status === 0 ? (JSON.parse(done.stdout) as { write: number; read: number }) : null;
}

/** Writing a COG and reading its statistics, against GDAL. */
export async function benchRaster(folder: string): Promise<unknown> {
  const values = surface();
  const [ours, theirs] = [join(folder, 'ours.tif'), join(folder, 'theirs.tif')];
  const write = round(await best(runs, () => writeCog(ours, values)));
  const read = round(await best(runs, () => readStatistics(ours)));
  const gdal = peer(theirs);
  return {
    raster: `${size} x ${size} float32, DEFLATE 6, predictor 3, 512 tiles, overviews`,
    peer: gdal === null ? 'absent: run npm run setup' : 'GDAL through rasterio, one thread',
    writeCog: { transectMs: write, gdalMs: gdal && round(gdal.write), ratio: ratio(write, gdal?.write) },
    readStatistics: { transectMs: read, gdalMs: gdal && round(gdal.read), ratio: ratio(read, gdal?.read) },
  };
}
