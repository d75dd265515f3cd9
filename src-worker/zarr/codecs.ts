import { promisify } from 'node:util';
import { gunzip, inflate, zstdDecompress } from 'node:zlib';
import { registry } from 'zarrita';
import { withoutChecksum } from './crc32c.ts';
import { bytesOf } from './dtype.ts';

/** What zarrita tells a codec about the chunk: the type and shape of what comes out at the end. */
interface ChunkMeta {
  readonly dataType: string;
  readonly shape: readonly number[];
}
type Decode = (bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array;
interface CodecMaker {
  readonly fromConfig: (config: unknown, meta: ChunkMeta) => BytesCodec;
}
interface BytesCodec {
  readonly kind?: 'bytes_to_bytes';
  readonly decode: Decode;
  readonly computeEncodedSize?: (decodedSize: number) => number;
}

/** Filters after a compressor may add a few bytes (checksums); a chunk that unpacks to more than this was made to harm. */
const slackBytes = 4_096;

function expectedBytes({ dataType, shape }: ChunkMeta): number {
  return shape.reduce((product, side) => product * side, bytesOf(dataType)) + slackBytes;
}

const node = {
  gzip: promisify(gunzip),
  zlib: promisify(inflate),
  zstd: promisify(zstdDecompress),
} as const;

/** A decompressor of Node's own, which stops at the size that the chunk can have. */
function native(unpack: (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>): CodecMaker {
  return {
    fromConfig: (_config, meta) => ({ decode: (bytes) => unpack(bytes, { maxOutputLength: expectedBytes(meta) }) }),
  };
}

/** A decompressor of numcodecs (wasm) whose input says how much comes out: refused before it is allocated. */
function guarded(load: () => Promise<unknown>, sizeAt: number): () => Promise<CodecMaker> {
  return async () => {
    const maker = (await load()) as CodecMaker;
    return {
      fromConfig: (config, meta) => {
        const codec = maker.fromConfig(config, meta);
        return {
          decode: (bytes) => {
            const size =
              bytes.length < sizeAt + 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(sizeAt, true);
            if (size < 0 || size > expectedBytes(meta)) throw new Error(`its header says ${size} bytes`);
            return codec.decode(bytes);
          },
        };
      },
    };
  };
}

/** zarrita drops the checksum; a chunk that was damaged on the way would give wrong numbers. */
const checked: CodecMaker = {
  fromConfig: () => ({ decode: withoutChecksum, computeEncodedSize: (size) => size + 4 }),
};

let done = false;

/**
 * Replaces zarrita's codecs: gzip, zlib and zstd by Node's own, blosc and lz4 by themselves behind a check of the size that
 * their header promises (bytes 4..7 and 0..3), so that no chunk unpacks to more than its array's metadata say; crc32c by one
 * that compares.
 */
export function useBoundedCodecs(): void {
  if (done) return;
  done = true;
  const codecs = registry as unknown as Map<string, () => Promise<unknown>>;
  codecs.set('crc32c', () => Promise.resolve(checked));
  for (const prefix of ['', 'numcodecs.']) {
    for (const [name, unpack] of Object.entries(node))
      codecs.set(`${prefix}${name}`, () => Promise.resolve(native(unpack)));
    for (const [name, sizeAt] of [
      ['blosc', 4],
      ['lz4', 0],
    ] as const) {
      const load = codecs.get(`${prefix}${name}`);
      if (load !== undefined) codecs.set(`${prefix}${name}`, guarded(load, sizeAt));
    }
  }
}
