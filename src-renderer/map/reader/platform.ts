// @ts-expect-error The package has no types.
import codecModule from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import webpModule from '@jsquash/webp/codec/dec/webp_dec.js';
import { BlockCache } from '../../../src-raster/block-cache.ts';
import type { DecodeWebp, LibjpegTurbo, RasterPlatform } from '../../../src-raster/platform.ts';
import { inflateZlib } from './inflate.ts';
import { unzstd } from './unzstd.ts';

const createJpeg = codecModule as (options: { readonly wasmBinary: Uint8Array }) => Promise<LibjpegTurbo>;
const createWebp = webpModule as (options: { readonly wasmBinary: Uint8Array }) => Promise<{ decode: DecodeWebp }>;

/** Decoded blocks that are kept for the inspector and for other bands of the same tiles. */
const cacheBytes = 64 * 1024 * 1024;

/** The reader in the window's map worker. The addresses are those of the wasm files. */
export function windowPlatform(wasm: Readonly<Record<'lerc' | 'jpeg' | 'webp', string>>): RasterPlatform {
  let jpeg: Promise<LibjpegTurbo> | undefined;
  let webp: Promise<DecodeWebp> | undefined;
  const load = async (name: 'jpeg' | 'webp'): Promise<Uint8Array> => {
    const response = await fetch(wasm[name]);
    if (!response.ok) throw new Error(`the decoder for ${name} could not be loaded (HTTP ${response.status})`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const loadJpeg = async (): Promise<LibjpegTurbo> => createJpeg({ wasmBinary: await load('jpeg') });
  const loadWebp = async (): Promise<DecodeWebp> => (await createWebp({ wasmBinary: await load('webp') })).decode;
  return {
    inflate: inflateZlib,
    zstd: unzstd,
    lercWasm: wasm.lerc,
    jpeg: () => (jpeg ??= loadJpeg()),
    webp: () => (webp ??= loadWebp()),
    cache: new BlockCache(cacheBytes),
  };
}
