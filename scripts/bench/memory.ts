import { spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import { workerMemory } from '../../src-main/engine/backends/worker-memory.ts';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import { gridTiles } from '../../src-worker/raster/grid.ts';
import { round } from './measure.ts';

const root = resolve(import.meta.dirname, '../..');
const bundle = join(root, 'out/worker/worker.js');

interface Peak {
  /** Largest resident set of the worker, MB. */
  readonly peakMb: number;
  readonly seconds: number;
}

/** A uint16 raster, the same every time: a surface with noise, or without where only its size matters. */
export async function writeScene(path: string, side: number, isNoisy: boolean): Promise<void> {
  const grid = { width: side, height: side };
  const writer = await CogWriter.open(path, {
    ...grid,
    bandCount: 1,
    dtype: 'uint16',
    nodata: 0,
    crs: crsFromEpsg(32613),
    transform: [10, 0, 400_000, 0, -10, 4_500_000],
  });
  for (const tile of gridTiles(grid, 512)) {
    const block = new Uint16Array(tile.width * tile.height);
    for (let i = 0; i < block.length; i += 1) {
      const [x, y] = [tile.x + (i % tile.width), tile.y + Math.floor(i / tile.width)];
      const noise = isNoisy ? (Math.imul(x * 31 + y * 17, 2_654_435_761) >>> 24) * 4 : 0;
      block[i] = 500 + ((x >> 6) + (y >> 6)) * 8 + noise;
    }
    await writer.writeWindow(1, tile, block);
  }
  await writer.finish();
}

/** STAC items of one raster at different days; each has a file of its own name. Gives their paths. */
export function writeItems(folder: string, raster: string, count: number): string[] {
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, index) => {
    linkSync(raster, join(folder, `${index}.tif`));
    const datetime = new Date(Date.UTC(2023, 0, 1 + index)).toISOString();
    const path = join(folder, `${index}.json`);
    const item = {
      type: 'Feature',
      stac_version: '1.1.0',
      id: `scene-${index}`,
      collection: 'bench',
      bbox: [-106.2, 40.2, -103, 40.7],
      geometry: null,
      properties: { datetime },
      links: [],
      assets: { red: { href: `./${index}.tif`, roles: ['data'] } },
    };
    writeFileSync(path, JSON.stringify(item));
    return path;
  });
}

/** Runs a composite in the worker's own process and looks at its resident set until it ends; `name` is new in the folder. */
export async function peakOf(folder: string, name: string, items: readonly string[], method: string): Promise<Peak> {
  const [task, out] = [join(folder, `${name}.yaml`), join(folder, `${name}-out`)];
  const text = `task_name: ${name}
output_dir: /data/outputs/jobs/bench
inputs: {items: ${JSON.stringify(items)}}
analysis: {type: composite, method: ${method}, bands: [red]}
outputs: {make_quicklook: true}
limits: {max_pixels: 20000000000, max_read_bytes: 100000000000, max_output_bytes: 20000000000}
`;
  writeFileSync(task, text);
  const start = performance.now();
  const program =
    process.env['TRANSECT_TEST_WORKER'] ?? (existsSync(bundle) ? bundle : join(root, 'src-worker/main.ts'));
  const child = spawn(process.execPath, [program, '--task', task, '--out', out], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // As every back end starts it.
    env: { ...process.env, ...workerMemory },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let peakKb = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
      peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  }, 50);
  const code = await new Promise<number | null>((fulfil) => child.on('close', fulfil));
  clearInterval(look);
  if (code !== 0) throw new Error(`${name} ended with ${code ?? 'a signal'}: ${errors}`);
  return { peakMb: round(peakKb / 1000), seconds: round((performance.now() - start) / 1000, 1) };
}

/** What memory a composite takes: of ten times as many scenes, and of a grid of 20,000 by 20,000 pixels. */
export async function benchMemory(folder: string): Promise<unknown> {
  if (process.platform !== 'linux') return 'absent: resident sets are read from /proc';
  const small = join(folder, 'small.tif');
  await writeScene(small, 2048, true);
  const scenes = writeItems(join(folder, 'small'), small, 240);
  const report: Record<string, unknown> = { scene: '2048 x 2048 uint16, DEFLATE, 512 tiles' };
  for (const method of ['median', 'mean']) {
    const few = await peakOf(folder, `${method}-24`, scenes.slice(0, 24), method);
    const many = await peakOf(folder, `${method}-240`, scenes, method);
    report[method] = { scenes24: few, scenes240: many, growth: round(many.peakMb / few.peakMb - 1, 3) };
  }
  const side = Number(process.env['TRANSECT_BENCH_SIDE'] ?? 20_000);
  const large = join(folder, 'large.tif');
  await writeScene(large, side, false);
  const three = writeItems(join(folder, 'large'), large, 3);
  report['large'] = {
    grid: `${side} x ${side}, median of 3 scenes`,
    ...(await peakOf(folder, 'large', three, 'median')),
  };
  return report;
}
