import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { FileMetaData } from 'hyparquet';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { AppError } from '../../src-shared/errors.ts';
import type { ByteSource } from '../../src-raster/bytes/byte-source.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import type { Json } from '../run/messages.ts';
import type { RawFeature } from './features.ts';

/** Decoded rows take about this many times their plain size on the heap. */
const heapPerByte = 8;
const remedy =
  'Write it anew in WGS 84: ogr2ogr -t_srs EPSG:4326 features.geojson INPUT, or with geopandas to_crs(4326).to_parquet().';

/**
 * The features of a GeoParquet file (1.0 and 1.1, geometries as WKB, in WGS 84): other columns become properties, and a column
 * `id` names the features.
 * @throws AppError `bad_data` when it is no GeoParquet, in another CRS or encoding, or broken; `over_limit` when its rows
 * would take more than `memoryBytes`
 */
export async function readGeoParquet(
  source: ByteSource,
  name: string,
  ctx: ReadContext,
  memoryBytes: number,
): Promise<RawFeature[]> {
  const file = {
    byteLength: source.size,
    slice: async (start: number, end = source.size): Promise<ArrayBuffer> =>
      (await source.read(start, end - start, ctx)).buffer,
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    const column = geometryColumn(metadata, name);
    const plain = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
    if (plain * heapPerByte > memoryBytes)
      throw new AppError(
        'over_limit',
        `${name} would take about ${plain * heapPerByte} bytes of memory; half of limits.memory_mb is ${memoryBytes}.`,
        {
          remedy: 'Keep fewer features, or raise limits.memory_mb in the task.',
          details: { limit: 'memory_mb', asked: plain * heapPerByte, allowed: memoryBytes },
        },
      );
    const rows = await parquetReadObjects({
      file,
      metadata,
      compressors: {
        GZIP: (input, length) => gunzipSync(input, { maxOutputLength: length }),
        ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: length }),
      },
    });
    return rows.map((row) => rawFeature(row, column));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    ctx.signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message.slice(0, 200) : String(cause);
    throw new AppError('bad_data', `${name} can't be read as GeoParquet: ${why}`, { remedy, cause });
  }
}

function geometryColumn({ key_value_metadata: pairs }: FileMetaData, name: string): string {
  const text = pairs?.find(({ key }) => key === 'geo')?.value;
  const geo = (text === undefined ? null : JSON.parse(text)) as {
    readonly primary_column?: unknown;
    readonly columns?: Readonly<Record<string, { readonly encoding?: unknown; readonly crs?: unknown } | undefined>>;
  } | null;
  const column = geo?.primary_column;
  const described = typeof column === 'string' ? geo?.columns?.[column] : undefined;
  if (typeof column !== 'string' || described === undefined)
    throw new AppError('bad_data', `${name} is Parquet without the geo metadata of GeoParquet.`, { remedy });
  if (described.encoding !== 'WKB')
    throw new AppError('bad_data', `${name} encodes its geometries as ${String(described.encoding)}; WKB is read.`, {
      remedy,
    });
  checkCrs(described.crs, name);
  return column;
}

/** A CRS that is left out is OGC:CRS84; else PROJJSON with an id (null: unknown, taken at its word). */
function checkCrs(crs: unknown, name: string): void {
  if (crs === undefined || crs === null) return;
  const { id, name: title } = crs as { id?: { authority?: unknown; code?: unknown }; name?: unknown };
  if (id?.authority === 'OGC' && id.code === 'CRS84') return;
  if (id?.authority === 'EPSG' && String(id.code) === '4326') return;
  const told =
    id === undefined
      ? typeof title === 'string'
        ? title
        : 'of its own'
      : `${String(id.authority)}:${String(id.code)}`;
  throw new AppError('bad_data', `${name} declares the CRS ${told}; features must be in WGS 84.`, { remedy });
}

function rawFeature(row: Readonly<Record<string, unknown>>, column: string): RawFeature {
  const properties: Record<string, Json> = {};
  for (const [key, value] of Object.entries(row)) {
    const plain = key === column ? undefined : plainValue(value);
    if (plain !== undefined) properties[key] = plain;
  }
  const { id } = properties;
  return {
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
    properties,
    geometry: row[column] ?? null,
  };
}

/** A cell as JSON; undefined for bytes and nested values, which no one can name a feature by. */
function plainValue(value: unknown): Json | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}
