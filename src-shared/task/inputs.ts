import { z } from 'zod';
import { JobId } from '../job-id.ts';
import { Aoi, BboxWgs84, DatetimeInterval, Href, Line } from './fields.ts';

const aoi = Aoi.optional().describe('Area of interest: GeoJSON polygon inline, or the path of a GeoJSON file');

export const StacInputs = z.strictObject({
  stac_api: Href.describe('STAC API, or the catalog.json / collection.json of a static catalogue'),
  collection: Line.describe('Collection id'),
  bbox: BboxWgs84.optional().describe('WGS 84 [west, south, east, north], degrees'),
  datetime: DatetimeInterval.optional().describe('RFC 3339 date, date-time or interval; quote it'),
  max_items: z.int().min(1).max(10_000).default(100).describe('At most this many items, the earliest first'),
  query: z.record(z.string(), z.json()).optional().describe('STAC API query extension'),
  filter: z.record(z.string(), z.json()).optional().describe('CQL2-JSON filter'),
  aoi,
});
export const ItemsInputs = z.strictObject({
  items: z.array(Href).min(1).max(10_000).describe('STAC Items: files or addresses'),
  aoi,
});
export const RasterInputs = z.strictObject({ raster: Href.describe('A raster: path or address'), aoi });
export const RastersInputs = z.strictObject({
  rasters: z.array(Href).min(1).max(10_000).describe('Rasters: paths or addresses'),
  aoi,
});
export const ZarrInputs = z.strictObject({ zarr: Href.describe('A Zarr store: path or address'), aoi });
export const RunInputs = z.strictObject({
  run: JobId.describe('Id of an earlier job whose output is the input'),
  output: Line.describe('Path of the output inside that job’s folder'),
  aoi,
});

/** The kinds of input, in the order in which their telling key is looked for. */
export const inputKinds = [
  { key: 'stac_api', schema: StacInputs },
  { key: 'items', schema: ItemsInputs },
  { key: 'rasters', schema: RastersInputs },
  { key: 'raster', schema: RasterInputs },
  { key: 'zarr', schema: ZarrInputs },
  { key: 'run', schema: RunInputs },
] as const;
export type InputKey = (typeof inputKinds)[number]['key'];

export const Inputs = z.union([StacInputs, ItemsInputs, RastersInputs, RasterInputs, ZarrInputs, RunInputs]);
export type Inputs = z.infer<typeof Inputs>;

/** Which kind of input this is. */
export function inputKey(inputs: object): InputKey | undefined {
  return inputKinds.find(({ key }) => key in inputs)?.key;
}
