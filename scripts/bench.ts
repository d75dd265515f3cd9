// `npm run bench`: what Transect does, against a peer in the same run on the same data. JSON on standard output; ratios below
// 1 mean that Transect is faster. Times are the best of several runs, in milliseconds.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataRoot } from '../src-main/client/data-root.ts';
import { JobStore } from '../src-main/engine/store/job-store.ts';
import { makeJobId } from '../src-shared/job-id.ts';
import { ReadBudget } from '../src-raster/bytes/read-context.ts';
import { CogWriter } from '../src-worker/raster/cog/cog-writer.ts';
import { crsFromEpsg } from '../src-raster/crs.ts';
import { gridTiles } from '../src-worker/raster/grid.ts';
import { openRaster } from '../src-worker/raster/open-raster.ts';
import { bandStatistics } from '../src-worker/raster/stats.ts';

import { electronBinary, withDisplay } from './window/display.mjs';

const size = 4096;
const runs = 3;
const python = join(import.meta.dirname, '../.cache/venv/bin/python');
const folder = mkdtempSync(join(tmpdir(), 'transect-bench-'));

async function best(work: () => Promise<void> | void): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return Math.round(Math.min(...times));
}

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
  const script = `
import json, sys, time, numpy as np, rasterio
from rasterio.shutil import copy
n, runs, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
x, y = np.meshgrid(np.arange(n), np.arange(n))
a = (1000 + 400*np.sin(x/97)*np.cos(y/131) + ((x*31 + y*17) % 101)/10).astype('f4')
prof = dict(driver='MEM', width=n, height=n, count=1, dtype='float32', crs='EPSG:32613', nodata=-9999,
            transform=rasterio.Affine(10,0,470000,0,-10,4440000))
write, read = [], []
for _ in range(runs):
    t = time.perf_counter()
    with rasterio.MemoryFile() as m:
        with m.open(**{**prof, 'driver': 'GTiff'}) as d: d.write(a, 1)
        with m.open() as d: copy(d, path, driver='COG', compress='DEFLATE', level=6, predictor='YES', blocksize=512, overview_resampling='average')
    write.append(time.perf_counter() - t)
    t = time.perf_counter()
    with rasterio.open(path) as d:
        v = d.read(1, masked=True).astype('f8'); v.min(), v.max(), v.mean(), v.std()
    read.append(time.perf_counter() - t)
print(json.dumps({'write': min(write)*1000, 'read': min(read)*1000}))
`;
  if (!existsSync(python)) return null;
  const done = spawnSync(python, ['-c', script, String(size), String(runs), path], { encoding: 'utf8' });
  return done.status === 0 ? (JSON.parse(done.stdout) as { write: number; read: number }) : null;
}

/** 1,000 recorded jobs, opened with an index and rebuilt without. */
async function index(): Promise<{ rebuild: number; open: number }> {
  const root = openDataRoot(join(folder, 'root'));
  const { store } = JobStore.open(root);
  for (let n = 0; n < 1_000; n += 1) {
    const id = makeJobId('bench', new Date(), randomBytes(6));
    const common = {
      backend: 'process',
      backendReason: 'bench',
      mode: 'job',
      offline: true,
      by: 'agent',
      baseDir: null,
    } as const;
    store.append(id, { type: 'job.created', taskName: 'bench', taskSha256: '', grants: [], ...common });
    store.move(id, 'cancelled');
  }
  const rebuild = await best(() => void store.rebuild());
  store.close();
  return { rebuild, open: await best(() => JobStore.open(root).store.close()) };
}

/** The window's start and memory, in a process of its own that may need a virtual display. */
function window(): unknown {
  const display = withDisplay();
  if (electronBinary() === null || display === null) return 'absent: no Electron or no display (npm run setup)';
  const command = [...display, process.execPath, join(import.meta.dirname, 'bench/window.ts')];
  const done = spawnSync(command[0] ?? '', command.slice(1), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return done.status === 0 ? JSON.parse(done.stdout) : 'failed: see above';
}

try {
  const values = surface();
  const [ours, theirs] = [join(folder, 'ours.tif'), join(folder, 'theirs.tif')];
  const write = await best(() => writeCog(ours, values));
  const read = await best(() => readStatistics(ours));
  const gdal = peer(theirs);
  const ratio = (own: number, other: number | undefined) =>
    other === undefined ? null : Number((own / other).toFixed(2));
  const report = {
    raster: `${size} x ${size} float32, DEFLATE 6, predictor 3, 512 tiles, overviews`,
    peer: gdal === null ? 'absent: run npm run setup' : 'GDAL through rasterio, one thread',
    writeCog: { transectMs: write, gdalMs: gdal && Math.round(gdal.write), ratio: ratio(write, gdal?.write) },
    readStatistics: { transectMs: read, gdalMs: gdal && Math.round(gdal.read), ratio: ratio(read, gdal?.read) },
    index1000Jobs: await index(),
    window: window(),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  console.log(JSON.stringify(report, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
