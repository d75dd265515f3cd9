// Makes the features of the examples zonal_statistics and sample_points: invented districts and gauges on the synthetic
// rasters beside them. Use: node scripts/make-fixtures/examples-vector.ts examples/spatiotemporal/tasks/data
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Position = [longitude: number, latitude: number];

const note = 'Invented features of Transect’s examples; they show no real districts or gauges.';
const [west, south, east, north] = [-105.35, 39.952, -105.15, 40.098];
const [columns, rows] = [4, 3];

/** A corner of the grid of districts, moved by a formula so that no border is straight or parallel to the pixels. */
function corner(column: number, row: number): Position {
  const inner = column > 0 && column < columns && row > 0 && row < rows ? 1 : 0.4;
  const x = column / columns + inner * 0.055 * Math.sin(3.1 * column + 5.3 * row + 0.4);
  const y = row / rows + inner * 0.075 * Math.cos(4.7 * column - 2.9 * row);
  return position(west + x * (east - west), south + y * (north - south));
}

/** Five decimals are a metre. */
function position(longitude: number, latitude: number): Position {
  return [Math.round(longitude * 1e5) / 1e5, Math.round(latitude * 1e5) / 1e5];
}

/** Corners between two others, bent to one side: neighbours share them. */
function border(from: Position, to: Position): Position[] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  return [0.3, 0.7].map((share, i) => {
    const bend = (i === 0 ? 0.06 : -0.05) * Math.sign(dx + 2 * dy);
    return position(from[0] + dx * share - dy * bend, from[1] + dy * share + dx * bend);
  });
}

/** A border is computed from its lower end, whichever district asks, so that it is one line. */
function between(a: Position, b: Position): Position[] {
  const forwards = a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
  return forwards ? border(a, b) : border(b, a).reverse();
}

function district(column: number, row: number): Position[] {
  const corners = [corner(column, row), corner(column + 1, row), corner(column + 1, row + 1), corner(column, row + 1)];
  const ring = corners.flatMap((one, i) => [one, ...between(one, corners[(i + 1) % 4] ?? one)]);
  return [...ring, ring[0] ?? [0, 0]];
}

function lake([x, y]: Position, width: number, height: number): Position[] {
  const ring = Array.from({ length: 12 }, (_, i): Position => {
    // Clockwise, as holes run (RFC 7946, 3.1.6).
    const angle = (-i / 12) * 2 * Math.PI;
    return position(x + width * Math.cos(angle), y + height * Math.sin(angle) * (1 + 0.2 * Math.cos(3 * angle)));
  });
  return [...ring, ring[0] ?? [0, 0]];
}

function districts(): object[] {
  return Array.from({ length: columns * rows }, (_, index) => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    const holes = index === 5 ? [lake(position(-105.275, 40.026), 0.012, 0.007)] : [];
    return {
      type: 'Feature',
      id: `D${String(index + 1).padStart(2, '0')}`,
      properties: { name: `District ${index + 1}`, row: row + 1, column: column + 1 },
      geometry: { type: 'Polygon', coordinates: [district(column, row), ...holes] },
    };
  });
}

function gauges(): object[] {
  return Array.from({ length: 24 }, (_, index) => {
    // The golden ratio spreads points evenly without a grid.
    const x = (0.5 + index * 0.618_033_988_75) % 1;
    const y = (index + 0.5) / 24;
    return {
      type: 'Feature',
      id: `G${String(index + 1).padStart(2, '0')}`,
      properties: { name: `Gauge ${index + 1}` },
      geometry: { type: 'Point', coordinates: position(west + x * (east - west), south + y * (north - south)) },
    };
  });
}

/** Writes zones.geojson and points.geojson. Equal runs give equal bytes. */
export async function makeVectorExamples(out: string): Promise<void> {
  for (const [name, features] of [
    ['zones', districts()],
    ['points', gauges()],
  ] as const) {
    const lines = features.map((feature) => JSON.stringify(feature));
    const head = JSON.stringify({ type: 'FeatureCollection', 'transect:mark': note }).slice(0, -1);
    await writeFile(join(out, `${name}.geojson`), `${head},"features":[\n${lines.join(',\n')}\n]}\n`);
  }
}

const [out] = process.argv.slice(2);
if (import.meta.main) {
  if (out === undefined) throw new Error('Use: node scripts/make-fixtures/examples-vector.ts OUTDIR');
  await makeVectorExamples(out);
}
