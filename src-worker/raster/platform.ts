import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { BlockCache } from '../../src-raster/block-cache.ts';
import type { Decompress, DecodeWebp, LibjpegTurbo, RasterPlatform } from '../../src-raster/platform.ts';
import { sideFile } from '../side-files.ts';

/** The reader on Node: native zlib and zstd, wasm from beside the bundle, one block cache of 64 MiB for the worker. */
export const nodePlatform: RasterPlatform = {
  inflate: withZlib(inflateSync),
  zstd: withZlib(zstdDecompressSync),
  get lercWasm() {
    return sideFile('lerc.wasm');
  },
  jpeg: () => (codec ??= loadJpeg()),
  webp: () => (webp ??= loadWebp()),
  cache: new BlockCache(64 * 1024 * 1024),
};

type ZlibCall = (input: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Buffer<ArrayBuffer>;

function withZlib(call: ZlibCall): Decompress {
  return (input, maxBytes) => {
    // One chunk for all of the output: zlib would otherwise join pieces of 16 KiB.
    const buffer = call(input, { maxOutputLength: maxBytes, chunkSize: Math.max(64, maxBytes + 64) });
    // A Buffer's `slice` does not copy; a Uint8Array's does.
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  };
}

let codec: Promise<LibjpegTurbo> | undefined;

/** Its script is a CommonJS one that names __dirname, so it stays a file of its own beside the bundle. */
async function loadJpeg(): Promise<LibjpegTurbo> {
  const create = createRequire(import.meta.url)(sideFile('libjpeg-turbo.cjs')) as (options: {
    readonly wasmBinary: Uint8Array;
  }) => Promise<LibjpegTurbo>;
  return create({ wasmBinary: await readFile(sideFile('libjpeg-turbo.wasm')) });
}

let webp: Promise<DecodeWebp> | undefined;

/** Its script is a module that looks for its wasm beside itself, so it too stays a file of its own. */
async function loadWebp(): Promise<DecodeWebp> {
  const address = pathToFileURL(sideFile('webp.mjs')).href;
  const { default: create } = (await import(/* @vite-ignore */ address)) as {
    default: (options: { readonly wasmBinary: Uint8Array }) => Promise<{ readonly decode: DecodeWebp }>;
  };
  const { decode } = await create({ wasmBinary: await readFile(sideFile('webp.wasm')) });
  return decode;
}
