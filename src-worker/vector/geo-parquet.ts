import { ByteWriter, geojsonToWkb, parquetWrite } from 'hyparquet-writer';
import type { AreaGeometry, PointGeometry } from './features.ts';
import { boxOfGeometry, rightHanded } from './orient.ts';

export type CellValue = string | number | null;

export interface TableColumn {
  readonly name: string;
  readonly type: 'STRING' | 'DOUBLE' | 'INT32';
  readonly values: readonly CellValue[];
}

/**
 * A table of features as GeoParquet 1.1.0 (geoparquet.org): the columns and a `geometry` column of WKB in WGS 84 longitude
 * and latitude (OGC:CRS84, the default), exterior rings counter-clockwise. `geometries` has one entry a row.
 */
export async function geoParquet(
  columns: readonly TableColumn[],
  geometries: readonly (AreaGeometry | PointGeometry)[],
  more: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const types = [...new Set(geometries.map(({ type }) => type))].sort();
  const boxes = geometries.map(boxOfGeometry);
  const side = (index: 0 | 1 | 2 | 3): number[] => boxes.map((box) => box[index]);
  const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
  const geo = {
    version: '1.1.0',
    primary_column: 'geometry',
    columns: {
      geometry: {
        encoding: 'WKB',
        geometry_types: types,
        orientation: 'counterclockwise',
        edges: 'planar',
        bbox: [least(side(0)), least(side(1)), most(side(2)), most(side(3))],
      },
    },
  };
  const writer = new ByteWriter();
  await parquetWrite({
    writer,
    createdBy: 'Transect',
    columnData: [
      ...columns.map(({ name, type, values }) => ({ name, type, data: [...values], nullable: true })),
      {
        name: 'geometry',
        type: 'BYTE_ARRAY',
        data: geometries.map((geometry) => geojsonToWkb(rightHanded(geometry))),
        nullable: true,
        statistics: false,
      },
    ],
    kvMetadata: [
      { key: 'geo', value: JSON.stringify(geo) },
      ...Object.entries(more).map(([key, value]) => ({ key, value })),
    ],
  });
  return new Uint8Array(writer.getBuffer());
}
