// Makes the scenes and features of the time series example: monthly NDVI of the invented landscape over four years, in which
// one slope loses its trees bit by bit and one field is watered more from year to year, seen through some clouds.
// Use: node scripts/make-fixtures/examples-series.ts OUTDIR. Equal runs give equal bytes.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { boundsTo, crsFromEpsg, transformer, wgs84 } from '../../src-raster/crs.ts';
import type { Affine, Bbox } from '../../src-raster/types.ts';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import { markItem, syntheticProperty } from '../../src-worker/run/marks.ts';
import { coverAt, leafShare } from './landscape.ts';
import { fractalNoise, hash } from './noise.ts';

const mark = 'SYNTHETIC DATA - NOT A MEASUREMENT';
const epsg = 32_613;
const grid = { size: 250, left: 472_000, top: 4_437_500, width: 32, height: 32 } as const;
const transform: Affine = [grid.size, 0, grid.left, 0, -grid.size, grid.top];
const nodata = -30_000;
const scale = 0.0001;
const years = [2020, 2021, 2022, 2023] as const;

const clearing = { x: 473_400, y: 4_434_800, radius: 900, perYear: -0.07 } as const;
const watered = { x: 478_200, y: 4_432_300, radius: 800, perYear: 0.035 } as const;

const crs = crsFromEpsg(epsg);
const toWgs84 = transformer(crs, wgs84);
const degrees = (value: number): number => Math.round(value * 1e6) / 1e6;
const corner = (x: number, y: number): number[] => toWgs84.forward(x, y).map(degrees);

const around = ({ x, y, radius }: { x: number; y: number; radius: number }): number[][] =>
  Array.from({ length: 9 }, (_, i) => {
    const angle = (i * Math.PI) / 4;
    return corner(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  });

/** Share of a place's change that has happened, by its distance from the middle of what changes. */
function within(place: { x: number; y: number; radius: number }, x: number, y: number): number {
  return Math.hypot(x - place.x, y - place.y) < place.radius + 150 ? 1 : 0;
}

/** Stored number of a pixel's centre at a time in years. */
function stored(x: number, y: number, time: number, seed: number): number {
  if (fractalNoise(x, y, 6_000, seed) > 0.6) return nodata;
  const day = (time - Math.floor(time)) * 365.25;
  const leaves = leafShare(coverAt(x, y), x, y, Math.max(150, Math.min(250, day)));
  const season = 0.62 + 0.38 * Math.cos((2 * Math.PI * (day - 200)) / 365.25);
  const change = within(clearing, x, y) * clearing.perYear + within(watered, x, y) * watered.perYear;
  const noise = (hash(Math.round(x), Math.round(y), seed) - 0.5) * 0.05 + (hash(seed, 1, 5) - 0.5) * 0.03;
  return Math.round((0.08 + 0.8 * leaves * season + change * (time - 2020) + noise) / scale);
}

export async function makeSeriesExample(out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  const items: unknown[] = [];
  for (const year of years)
    for (let month = 1; month <= 12; month += 1) {
      const id = `synthetic-ndvi-${year}-${String(month).padStart(2, '0')}`;
      const seed = year * 12 + month;
      await writeScene(join(out, `${id}.tif`), year + (month - 0.5) / 12, seed);
      items.push(item(id, `${year}-${String(month).padStart(2, '0')}-16T18:00:00Z`));
    }
  await writeJson(join(out, 'items.json'), { type: 'FeatureCollection', features: items });
  const features = [
    { name: 'Thinned slope', geometry: { type: 'Polygon', coordinates: [around(clearing)] } },
    { name: 'Watered field', geometry: { type: 'Polygon', coordinates: [around(watered)] } },
    {
      name: 'Forest',
      geometry: { type: 'Polygon', coordinates: [around({ x: 472_900, y: 4_431_600, radius: 800 })] },
    },
    { name: 'Meadow', geometry: { type: 'Point', coordinates: corner(477_100, 4_436_400) } },
  ];
  await writeJson(join(out, 'places.geojson'), {
    type: 'FeatureCollection',
    features: features.map(({ name, geometry }, index) => ({
      type: 'Feature',
      id: index + 1,
      properties: { name },
      geometry,
    })),
  });
}

async function writeScene(path: string, time: number, seed: number): Promise<void> {
  const { width, height, size, left, top } = grid;
  const pixels = new Int16Array(width * height);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1)
      pixels[row * width + column] = stored(left + (column + 0.5) * size, top - (row + 0.5) * size, time, seed);
  const writer = await CogWriter.open(path, {
    width,
    height,
    bandCount: 1,
    dtype: 'int16',
    nodata,
    crs,
    transform,
    blockSize: 32,
    resampling: 'average',
    bandDescriptions: ['ndvi'],
    metadata: { [markItem]: mark },
  });
  await writer.writeWindow(1, { x: 0, y: 0, width, height }, pixels);
  await writer.finish();
}

/** A STAC 1.1 Item. */
function item(id: string, datetime: string): unknown {
  const { width, height, size, left, top } = grid;
  const [right, bottom] = [left + width * size, top - height * size];
  const box: Bbox = [left, bottom, right, top];
  const ring = [
    corner(left, bottom),
    corner(right, bottom),
    corner(right, top),
    corner(left, top),
    corner(left, bottom),
  ];
  return {
    type: 'Feature',
    stac_version: '1.1.0',
    id,
    collection: 'synthetic-ndvi-monthly',
    bbox: boundsTo(crs, box, wgs84).map(degrees),
    geometry: { type: 'Polygon', coordinates: [ring] },
    properties: { datetime, [syntheticProperty]: true },
    links: [],
    assets: {
      ndvi: {
        href: `./${id}.tif`,
        type: 'image/tiff; application=geotiff; profile=cloud-optimized',
        roles: ['data'],
        bands: [{ name: 'ndvi', nodata, data_type: 'int16', 'raster:scale': scale, 'raster:offset': 0 }],
      },
    },
  };
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value)}\n`);
}

const [out] = process.argv.slice(2);
if (import.meta.main) {
  if (out === undefined) throw new Error('Use: node scripts/make-fixtures/examples-series.ts OUTDIR');
  await makeSeriesExample(out);
}
