// Reads damaged TIFFs in a process of its own: `node child.ts SEED COUNT FILE...`. Prints one JSON line a case that went wrong and
// one with the totals at the end. What the reader allocates is measured by standing in for the typed arrays before it is loaded.
import { readFileSync } from 'node:fs';
import { mutate } from './mutate.ts';

let largest = 0;
const names = [
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
] as const;
const globals = globalThis as unknown as Record<string, Uint8ArrayConstructor>;
for (const name of [...names, 'Uint8ClampedArray', 'BigInt64Array', 'BigUint64Array', 'ArrayBuffer']) {
  const original = globals[name]!;
  globals[name] = new Proxy(original, {
    construct(target, args: unknown[], newTarget: unknown): object {
      const bytes = typeof args[0] === 'number' ? args[0] * (target.BYTES_PER_ELEMENT ?? 1) : 0;
      if (bytes > largest) largest = bytes;
      return Reflect.construct(
        target,
        args,
        newTarget === globals[name] ? target : (newTarget as typeof target),
      ) as object;
    },
  });
}

const { AppError } = await import('../../../../src-shared/errors.ts');
const { openGeoTiff } = await import('../../../../src-raster/open-geotiff.ts');
const { ReadBudget } = await import('../../../../src-raster/bytes/read-context.ts');
const { BlockCache } = await import('../../../../src-raster/block-cache.ts');
const { nodePlatform } = await import('../../../../src-worker/raster/platform.ts');
const { random } = await import('../support.ts');

/** Opens a file and reads a part of each of its bands, levels and masks; the code of the error that stops it, or null. */
async function readAll(bytes: Buffer<ArrayBuffer>): Promise<string | null> {
  const ctx = { signal: new AbortController().signal, budget: new ReadBudget(1e9) };
  const cache = new BlockCache(8 * 1024 * 1024);
  const platform = { ...nodePlatform, cache, lercWasm: nodePlatform.lercWasm };
  const source = {
    href: 'damaged.tif',
    size: bytes.length,
    read: (offset: number, length: number) => {
      if (offset < 0 || length < 0 || offset + length > bytes.length)
        throw new Error(`read ${offset}+${length} is outside`);
      return Promise.resolve(Uint8Array.from(bytes.subarray(offset, offset + length)));
    },
    close: () => Promise.resolve(),
  };
  try {
    const raster = await openGeoTiff(source, platform, ctx);
    const { width, height, bandCount, overviews } = raster.info;
    for (const [level, size] of [{ width, height }, ...overviews].entries())
      for (const [fx, fy] of [
        [0, 0],
        [1, 1],
      ] as const) {
        const part = { width: Math.min(128, size.width), height: Math.min(128, size.height) };
        const window = { ...part, x: fx * (size.width - part.width), y: fy * (size.height - part.height) };
        await raster.readMask(window, ctx, level);
        for (const band of new Set([1, Math.min(3, bandCount), bandCount])) await raster.read(band, window, ctx, level);
      }
    await raster.close();
    return null;
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'bad_data' && (cause.remedy ?? '') !== '') return cause.code;
    return cause instanceof Error
      ? `${cause.name} ${cause instanceof AppError ? cause.code : ''}: ${cause.stack}`
      : String(cause);
  }
}

const [seed = '1', count = '100', ...paths] = process.argv.slice(2);
const next = random(Number(seed));
const files = paths.map((path) => readFileSync(path));
const totals = { cases: 0, refused: 0, read: 0, slowest: 0, largest: 0, maxRss: 0 };
for (const [index, whole] of files.entries()) {
  largest = 0;
  const problem = await readAll(Buffer.from(new Uint8Array(whole)));
  if (problem !== null) console.log(JSON.stringify({ case: `undamaged ${paths[index]}`, problem }));
}
for (let i = 0; i < Number(count); i += 1) {
  const file = i % files.length;
  const bytes = mutate(files[file]!, next);
  largest = 0;
  const start = performance.now();
  const result = await readAll(bytes);
  const took = performance.now() - start;
  totals.cases += 1;
  totals.slowest = Math.max(totals.slowest, took);
  totals.largest = Math.max(totals.largest, largest);
  if (result === null) totals.read += 1;
  else if (result === 'bad_data') totals.refused += 1;
  else console.log(JSON.stringify({ case: `${i} of ${paths[file]}`, problem: result }));
}
totals.maxRss = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify(totals));
