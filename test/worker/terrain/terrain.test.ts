import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import type { TaskRun } from '../../helpers/run-task.ts';
import { ask, runOnRaster } from './support.ts';

const folder = scratch();
const dem = (name: string) => join(folder, `${name}.tif`);

interface Compared {
  readonly valid: number;
  readonly validity_differs: number;
  readonly max: number;
  readonly range: readonly [number, number];
  readonly same_grid: boolean;
  readonly dtype: readonly [string, string];
}

/** One elevation model with the parameters of both sides. */
interface Case {
  readonly name: string;
  readonly made: object;
  readonly ours: string;
  readonly theirs: Readonly<Partial<Record<Product, readonly string[]>>>;
}
type Product = 'slope' | 'aspect' | 'hillshade' | 'roughness' | 'TRI' | 'TPI';

const plain = { slope: [], aspect: [], hillshade: [], roughness: [], TRI: ['-alg', 'Riley'], TPI: [] } as const;
/** Every figure of a run takes its time. */
const few = { slope: [], aspect: [], TPI: [] } as const;
const withEdges = Object.fromEntries(
  Object.entries(plain).map(([mode, options]) => [mode, [...options, '-compute_edges']]),
);
const size = { width: 150, height: 131 };
const degrees = { epsg: 4326, transform: [0.001, 0, 10, 0, -0.001, 47] };

const cases: readonly Case[] = [
  { name: 'float32', made: { ...size, dtype: 'float32' }, ours: '', theirs: few },
  { name: 'float32 with edges', made: { ...size, dtype: 'float32' }, ours: 'compute_edges: true', theirs: withEdges },
  {
    name: 'float32 with holes and edges',
    made: { ...size, dtype: 'float32', nodata: -9999, holes: true },
    ours: 'compute_edges: true',
    theirs: withEdges,
  },
  {
    name: 'int16 with holes and edges',
    made: { ...size, dtype: 'int16', nodata: -32768, holes: true },
    ours: 'compute_edges: true',
    theirs: withEdges,
  },
  { name: 'uint8', made: { ...size, dtype: 'uint8', nodata: 255, holes: true }, ours: '', theirs: few },
  {
    name: 'two columns',
    made: { width: 2, height: 40, dtype: 'float32' },
    ours: 'compute_edges: true',
    theirs: withEdges,
  },
  {
    name: 'Zevenbergen and Thorne, percent, flat as 0',
    made: { ...size, dtype: 'float32' },
    // With edges, because gdaldem’s nodata is 0 too where flat is.
    ours: 'algorithm: zevenbergen_thorne, slope_unit: percent, zero_for_flat: true, compute_edges: true',
    theirs: {
      slope: ['-alg', 'ZevenbergenThorne', '-p', '-compute_edges'],
      aspect: ['-alg', 'ZevenbergenThorne', '-zero_for_flat', '-compute_edges'],
      hillshade: ['-alg', 'ZevenbergenThorne', '-compute_edges'],
    },
  },
  {
    name: 'a low light and a factor',
    made: { ...size, dtype: 'float32' },
    ours: 'azimuth: 72.5, altitude: 12, z_factor: 2.5',
    theirs: { hillshade: ['-az', '72.5', '-alt', '12', '-z', '2.5'] },
  },
  {
    name: 'light from many sides',
    made: { ...size, dtype: 'float32' },
    ours: 'shading: multidirectional, altitude: 30',
    theirs: { hillshade: ['-multidirectional', '-alt', '30'] },
  },
  {
    name: 'light and slope',
    made: { ...size, dtype: 'float32' },
    ours: 'shading: combined',
    theirs: { hillshade: ['-combined'] },
  },
  {
    name: 'cells that are not square',
    made: { ...size, dtype: 'float32', transform: [20, 0, 500000, 0, -35, 5200000] },
    ours: '',
    theirs: { slope: [], hillshade: [] },
  },
  {
    name: 'degrees at a fixed scale',
    made: { ...size, dtype: 'float32', ...degrees },
    ours: 'scale: 111120',
    theirs: { slope: ['-s', '111120'], aspect: [], hillshade: ['-s', '111120'] },
  },
  {
    name: 'feet over feet',
    made: {
      ...size,
      dtype: 'float32',
      epsg: 2263,
      transform: [100, 0, 1000000, 0, -100, 250000],
      unit: 'US survey foot',
    },
    ours: '',
    theirs: { slope: ['-s', '1'] },
  },
  {
    name: 'seams between blocks',
    made: { width: 1100, height: 1040, dtype: 'float32', nodata: -9999, holes: true },
    ours: '',
    theirs: plain,
  },
];

describe.runIf(hasOracle)('terrain against gdaldem (GDAL 3.10)', () => {
  const runs = new Map<string, TaskRun>();
  let compared: Compared[] = [];
  const questions: { readonly name: string; readonly mode: Product }[] = [];

  beforeAll(async () => {
    await ask(
      'terrain.py',
      cases.map(({ name, made }) => ['make', { path: dem(name), ...made }]),
    );
    const asked: [string, object][] = [];
    for (const { name, ours, theirs } of cases) {
      const products = Object.keys(theirs).map((mode) => mode.toLowerCase());
      const run = await runOnRaster(
        dem(name),
        `{type: terrain, products: [${products.join(', ')}]${ours === '' ? '' : `, ${ours}`}}`,
        {
          out: join(folder, `of ${name}`),
        },
      );
      runs.set(name, run);
      for (const [mode, options] of Object.entries(theirs)) {
        questions.push({ name, mode: mode as Product });
        asked.push([
          'compare',
          {
            ours: join(run.out, `maps/${mode.toLowerCase()}.tif`),
            dem: dem(name),
            mode,
            options,
            circular: mode === 'aspect',
          },
        ]);
      }
    }
    compared = await ask<Compared>('terrain.py', asked);
  }, 300_000);

  it.each(cases.flatMap(({ name, theirs }) => Object.keys(theirs).map((mode) => [name, mode] as const)))(
    '%s: %s',
    (name, mode) => {
      const index = questions.findIndex((one) => one.name === name && one.mode === mode);
      const found = compared[index];
      expect(found).toBeDefined();
      expect(found?.valid).toBeGreaterThan(0);
      expect(found?.validity_differs).toBe(0);
      expect(found?.same_grid).toBe(true);
      expect(found?.dtype[0]).toBe(found?.dtype[1]);
      // Hillshade is in whole levels; the others within 1e-4 of their unit.
      expect(found?.max).toBeLessThanOrEqual(mode === 'hillshade' ? 1 : 1e-4);
      if (mode === 'aspect') expect(found?.range[1]).toBeLessThan(360);
    },
  );
});
