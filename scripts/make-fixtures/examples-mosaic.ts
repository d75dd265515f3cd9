// Makes the rasters of the mosaic example from the invented landscape: three pictures that overlap, one in the next UTM zone.
// Use: node scripts/make-fixtures/examples-mosaic.ts OUTDIR. Equal runs give equal bytes.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crsFromEpsg, transformer } from '../../src-raster/crs.ts';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import { markItem } from '../../src-worker/run/marks.ts';
import { reflectance } from './landscape.ts';

const mark = 'SYNTHETIC DATA - NOT A MEASUREMENT';
/** The pictures show the first of July. */
const dayOfYear = 182;
const bands = ['red', 'green', 'blue'] as const;
const size = 60;

interface Tile {
  readonly name: string;
  readonly epsg: number;
  /** Upper left corner in the CRS of the landscape, EPSG:32613. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** A round cloud that was cut out: centre and radius, in EPSG:32613. */
  readonly hole: readonly [x: number, y: number, radius: number];
}

const tiles: readonly Tile[] = [
  {
    name: 'tile-west',
    epsg: 32613,
    left: 472_000,
    top: 4_437_000,
    width: 90,
    height: 100,
    hole: [476_800, 4_433_500, 700],
  },
  {
    name: 'tile-east',
    epsg: 32613,
    left: 476_200,
    top: 4_435_800,
    width: 90,
    height: 100,
    hole: [478_400, 4_430_600, 500],
  },
  {
    name: 'tile-south',
    epsg: 32614,
    left: 473_800,
    top: 4_431_600,
    width: 90,
    height: 70,
    hole: [475_000, 4_428_900, 400],
  },
];

export async function makeMosaicExamples(out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  for (const tile of tiles) await writeTile(out, tile);
}

async function writeTile(out: string, { name, epsg, left, top, width, height, hole }: Tile): Promise<void> {
  const crs = crsFromEpsg(epsg);
  const { forward } = transformer(crs, crsFromEpsg(32613));
  // The corner in the tile's own CRS, on whole multiples of the pixel.
  const [x0, y0] = transformer(crsFromEpsg(32613), crs)
    .forward(left, top)
    .map((v) => Math.round(v / size) * size) as [number, number];
  const writer = await CogWriter.open(join(out, `${name}.tif`), {
    width,
    height,
    bandCount: bands.length,
    dtype: 'uint16',
    nodata: 0,
    crs,
    transform: [size, 0, x0, 0, -size, y0],
    blockSize: 64,
    resampling: 'average',
    colorInterpretation: ['red', 'green', 'blue'],
    bandDescriptions: bands,
    metadata: { [markItem]: mark },
  });
  for (const [index, band] of bands.entries()) {
    const pixels = Uint16Array.from({ length: width * height }, (_, i) => {
      const [x, y] = forward(x0 + ((i % width) + 0.5) * size, y0 - (Math.floor(i / width) + 0.5) * size);
      if (Math.hypot(x - hole[0], y - hole[1]) < hole[2]) return 0;
      return Math.max(1, Math.round(1_000 * reflectance(band, x, y, dayOfYear)));
    });
    await writer.writeWindow(index + 1, { x: 0, y: 0, width, height }, pixels);
  }
  await writer.finish();
}

const [out] = process.argv.slice(2);
if (import.meta.main) {
  if (out === undefined) throw new Error('Use: node scripts/make-fixtures/examples-mosaic.ts OUTDIR');
  await makeMosaicExamples(out);
}
