// @ts-expect-error The package has no types.
import codecModule from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import { BlockCache } from '../../../src-raster/block-cache.ts';
import type { LibjpegTurbo, RasterPlatform } from '../../../src-raster/platform.ts';
import { inflateZlib } from './inflate.ts';
import { unzstd } from './unzstd.ts';

const createJpeg = codecModule as (options: { readonly wasmBinary: Uint8Array }) => Promise<LibjpegTurbo>;

/** Decoded blocks that are kept for the inspector and for other bands of the same tiles. */
const cacheBytes = 64 * 1024 * 1024;

/** The reader in the window's map worker. The addresses are those of the wasm files. */
export function windowPlatform(wasm: { readonly lerc: string; readonly jpeg: string }): RasterPlatform {
  let jpeg: Promise<LibjpegTurbo> | undefined;
  const loadJpeg = async (): Promise<LibjpegTurbo> => {
    const response = await fetch(wasm.jpeg);
    if (!response.ok) throw new Error(`the JPEG decoder could not be loaded (HTTP ${response.status})`);
    return createJpeg({ wasmBinary: new Uint8Array(await response.arrayBuffer()) });
  };
  return {
    inflate: inflateZlib,
    zstd: unzstd,
    lercWasm: wasm.lerc,
    jpeg: () => (jpeg ??= loadJpeg()),
    cache: new BlockCache(cacheBytes),
  };
}
