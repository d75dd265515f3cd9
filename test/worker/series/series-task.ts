import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A time_series task; `inputs` and `analysis` are YAML in one line. */
export function task(inputs: string, analysis: string, more = ''): string {
  return `task_name: series\noutput_dir: /data/outputs/jobs/series\ninputs: ${inputs}\nanalysis: {type: time_series, ${analysis}}\noutputs: {make_quicklook: false}\n${more}\n`;
}

/** Writes geometries as features f0, f1, ... into a GeoJSON file. Gives its path. */
export function writeFeatures(folder: string, geometries: readonly object[]): string {
  const path = join(folder, 'features.geojson');
  const features = geometries.map((geometry, index) => ({
    type: 'Feature',
    id: `f${index}`,
    properties: {},
    geometry,
  }));
  writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features }));
  return path;
}

export const box = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
});
