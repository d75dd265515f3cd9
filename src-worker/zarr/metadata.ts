import { z } from 'zod';
import { typeFromV2 } from './dtype.ts';

const Sides = z
  .array(
    z
      .int()
      .min(0)
      .max(2 ** 40),
  )
  .max(32);
const ChunkSides = z
  .array(
    z
      .int()
      .min(1)
      .max(2 ** 32),
  )
  .max(32);
const Attributes = z.record(z.string(), z.unknown());
const Named = z.looseObject({ id: z.string() });

const V2 = z.looseObject({
  zarr_format: z.literal(2),
  shape: Sides,
  chunks: ChunkSides,
  dtype: z.string(),
  compressor: Named.nullish(),
  filters: z.array(Named).nullish(),
  fill_value: z.unknown(),
  dimension_separator: z.enum(['.', '/']).optional(),
});

const Grid = z.looseObject({ name: z.literal('regular'), configuration: z.looseObject({ chunk_shape: ChunkSides }) });
const Codec = z.looseObject({ name: z.string(), configuration: z.looseObject({}).optional() });
const V3 = z.looseObject({
  zarr_format: z.literal(3),
  node_type: z.literal('array'),
  shape: Sides,
  data_type: z.union([z.string(), z.looseObject({ name: z.string() })]),
  chunk_grid: Grid,
  chunk_key_encoding: z.looseObject({
    name: z.enum(['default', 'v2']),
    configuration: z.looseObject({ separator: z.enum(['.', '/']).optional() }).optional(),
  }),
  codecs: z.array(Codec).min(1),
  fill_value: z.unknown(),
  attributes: Attributes.optional(),
  dimension_names: z.array(z.string().nullable()).nullish(),
});
const Sharding = z.looseObject({
  chunk_shape: ChunkSides,
  codecs: z.array(Codec),
  index_codecs: z.array(Codec),
  index_location: z.enum(['start', 'end']).optional(),
});

/** Where an object with several chunks says which bytes are whose. */
export interface ShardIndex {
  readonly atStart: boolean;
  /** Bytes of the index with its checksum; null when it is packed in a way that only the codecs know. */
  readonly bytes: number | null;
}

/** What the metadata of an array say, whichever the version. */
export interface ArrayFacts {
  readonly format: 2 | 3;
  readonly shape: readonly number[];
  /** Shape of what is decoded at once: a chunk, or one inside a shard. */
  readonly chunks: readonly number[];
  /** Shape of an object that holds several chunks; null without sharding. */
  readonly shards: readonly number[] | null;
  /** Null without sharding. */
  readonly index: ShardIndex | null;
  readonly dtype: string;
  readonly dimensions: readonly string[] | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** As in the JSON. */
  readonly fill: unknown;
  /** Names of its filters and compressors, in their order. */
  readonly codecs: readonly string[];
  readonly keyOf: (chunk: readonly number[]) => string;
}

/** Parses `.zarray` with `.zattrs`; null when it is none. */
export function factsOfV2(json: unknown, attributes: unknown): ArrayFacts | null {
  const { data } = V2.safeParse(json);
  if (data === undefined || data.shape.length !== data.chunks.length) return null;
  const own = Attributes.safeParse(attributes).data ?? {};
  const names = z.array(z.string()).safeParse(own['_ARRAY_DIMENSIONS']).data ?? null;
  const codecs = [...(data.filters ?? []), ...(data.compressor == null ? [] : [data.compressor])];
  return {
    format: 2,
    shape: data.shape,
    chunks: data.chunks,
    shards: null,
    index: null,
    dtype: typeFromV2(data.dtype),
    dimensions: names,
    attributes: own,
    fill: data.fill_value,
    codecs: codecs.map(({ id }) => id),
    keyOf: (chunk) => (chunk.length === 0 ? '0' : chunk.join(data.dimension_separator ?? '.')),
  };
}

/** Parses a `zarr.json` of an array; null when it is none. */
export function factsOfV3(json: unknown): ArrayFacts | null {
  const { data } = V3.safeParse(json);
  if (data === undefined) return null;
  const outer = data.chunk_grid.configuration.chunk_shape;
  const sharded = data.codecs.find((codec) => codec.name === 'sharding_indexed');
  const sharding = Sharding.safeParse(sharded?.configuration).data;
  const chunks = sharding?.chunk_shape ?? outer;
  const { name, configuration } = data.chunk_key_encoding;
  const separator = configuration?.separator ?? (name === 'default' ? '/' : '.');
  const dimensions = data.dimension_names?.map((one) => one ?? '') ?? null;
  if (data.shape.length !== outer.length || data.shape.length !== chunks.length) return null;
  if ((sharded !== undefined && sharding === undefined) || (sharding !== undefined && data.codecs.length > 1))
    return null;
  if (chunks.some((side, axis) => (outer[axis] ?? 1) % side !== 0)) return null;
  return {
    format: 3,
    shape: data.shape,
    chunks,
    shards: sharding === undefined ? null : outer,
    index: sharding === undefined ? null : shardIndex(sharding, outer),
    dtype: typeof data.data_type === 'string' ? data.data_type : data.data_type.name,
    dimensions,
    attributes: data.attributes ?? {},
    fill: data.fill_value,
    codecs: [...data.codecs, ...(sharding?.codecs ?? [])].map((codec) => codec.name),
    keyOf: (chunk) =>
      name === 'default' ? ['c', ...chunk].join(separator) : chunk.length === 0 ? '0' : chunk.join(separator),
  };
}

function shardIndex(
  { chunk_shape: inner, index_codecs: codecs, index_location: place }: z.infer<typeof Sharding>,
  outer: readonly number[],
): ShardIndex {
  const count = outer.reduce((product, side, axis) => product * (side / (inner[axis] ?? 1)), 1);
  const names = codecs.map(({ name }) => name).join();
  const bytes = names === 'bytes,crc32c' ? 16 * count + 4 : names === 'bytes' ? 16 * count : null;
  return { atStart: place === 'start', bytes };
}
