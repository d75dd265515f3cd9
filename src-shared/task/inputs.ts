import { z } from 'zod';
import { JobId } from '../job-id.ts';
import { Aoi, BboxWgs84, DatetimeInterval, Href, Line } from './fields.ts';

const aoi = Aoi.optional().meta({
  title: 'Area of interest',
  description: 'Area of interest: GeoJSON polygon inline, or the path of a GeoJSON file',
});

const features = Href.optional().meta({
  title: 'Features',
  format: 'features-href',
  description: 'Points or polygons, WGS 84: path or address of a GeoJSON or GeoParquet file',
});

export const StacInputs = z
  .strictObject({
    stac_api: Href.meta({
      title: 'STAC API',
      format: 'stac-href',
      description: 'STAC API, or the catalog.json / collection.json of a static catalogue',
    }),
    collection: Line.meta({ title: 'Collection', description: 'Collection id' }),
    bbox: BboxWgs84.optional().meta({
      title: 'Bounding box',
      unit: '°',
      format: 'bbox-wgs84',
      description: 'WGS 84 [west, south, east, north], degrees',
    }),
    datetime: DatetimeInterval.optional().meta({
      title: 'Time',
      format: 'datetime-interval',
      description: 'Date, date-time or interval (RFC 3339); ".." leaves an end open',
    }),
    max_items: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .meta({ title: 'Most items', unit: 'items', description: 'At most this many items, the earliest first' }),
    query: z.record(z.string(), z.json()).optional().meta({ title: 'Query', description: 'STAC API query extension' }),
    filter: z.record(z.string(), z.json()).optional().meta({ title: 'Filter', description: 'CQL2-JSON filter' }),
    aoi,
    features,
  })
  .meta({ title: 'STAC search', description: 'Scenes found by a search of a STAC API or static catalogue' });
export const ItemsInputs = z
  .strictObject({
    items: z
      .array(Href.meta({ format: 'stac-href' }))
      .min(1)
      .max(10_000)
      .describe('STAC Items: files or addresses'),
    aoi,
    features,
  })
  .meta({ title: 'STAC Items', description: 'Scenes listed one by one' });
export const RasterInputs = z
  .strictObject({
    raster: Href.meta({ format: 'raster-href', description: 'A raster: path or address' }),
    aoi,
    features,
  })
  .meta({ title: 'One raster', description: 'A GeoTIFF or COG' });
export const RastersInputs = z
  .strictObject({
    rasters: z
      .array(Href.meta({ format: 'raster-href' }))
      .min(1)
      .max(10_000)
      .describe('Rasters: paths, folders, patterns such as scenes/*.tif, or addresses'),
    aoi,
    features,
  })
  .meta({ title: 'Several rasters', description: 'GeoTIFFs or COGs' });
export const ZarrInputs = z
  .strictObject({
    zarr: Href.meta({ title: 'Zarr store', format: 'zarr-href', description: 'A Zarr store: path or address' }),
    aoi,
    features,
  })
  .meta({ title: 'Zarr store', description: 'An array store, version 2 or 3' });
/** A case folder, whole: only a service reads it, at `/inputs`. */
export const FolderInputs = z
  .strictObject({
    folder: Line.refine(
      (path) => !/^[a-z][a-z0-9+.-]*:/i.test(path) || /^[a-z]:[\\/]/i.test(path),
      'must be a folder of this machine, not an address',
    ).meta({
      title: 'Case folder',
      format: 'folder-href',
      description: 'A folder of this machine; the service finds it at /inputs and cannot change it',
    }),
  })
  .meta({ title: 'Case folder', description: 'A folder with everything that a service needs' });
export const RunInputs = z
  .strictObject({
    run: JobId.meta({ title: 'Job', format: 'job-id', description: 'Id of an earlier job whose output is the input' }),
    output: Line.meta({ title: 'Output file', description: 'Path of the output inside that job’s folder' }),
    aoi,
    features,
  })
  .meta({ title: 'Output of an earlier run', description: 'A file that an earlier job wrote' });

/** The kinds of input, in the order in which their telling key is looked for. */
export const inputKinds = [
  { key: 'stac_api', schema: StacInputs },
  { key: 'items', schema: ItemsInputs },
  { key: 'rasters', schema: RastersInputs },
  { key: 'raster', schema: RasterInputs },
  { key: 'zarr', schema: ZarrInputs },
  { key: 'folder', schema: FolderInputs },
  { key: 'run', schema: RunInputs },
] as const;
export type InputKey = (typeof inputKinds)[number]['key'];

export const Inputs = z.union([
  StacInputs,
  ItemsInputs,
  RastersInputs,
  RasterInputs,
  ZarrInputs,
  FolderInputs,
  RunInputs,
]);
export type Inputs = z.infer<typeof Inputs>;

/** Which kind of input this is. */
export function inputKey(inputs: object): InputKey | undefined {
  return inputKinds.find(({ key }) => key in inputs)?.key;
}
