import type { BlockCache } from './block-cache.ts';

/** A decoder's whole work in one call: at most `maxBytes` bytes of output; throws for broken input. */
export type Decompress = (input: Uint8Array<ArrayBuffer>, maxBytes: number) => Uint8Array<ArrayBuffer>;

/** What Emscripten made of libjpeg-turbo (package @cornerstonejs/codec-libjpeg-turbo-8bit, its decoding half). */
export interface LibjpegTurbo {
  readonly JPEGDecoder: new () => {
    /** A view of the decoder's memory to put the stream into. */
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): { readonly componentCount: number };
    delete(): void;
  };
}

/** libwebp (package @jsquash/webp, its decoding half): RGBA pixels, or null for what it can't decode. */
export type DecodeWebp = (
  input: Uint8Array,
) => { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } | null;

/** What the reader needs of the program that it runs in: Node's worker and the window's map worker each have one. */
export interface RasterPlatform {
  /** DEFLATE with zlib's header (RFC 1950). */
  readonly inflate: Decompress;
  /** Zstandard (RFC 8878), or null where it can't be decoded: such a file is refused when it is opened. */
  readonly zstd: Decompress | null;
  /** Path or URL of lerc-wasm.wasm (package lerc). */
  readonly lercWasm: string;
  /** Loads libjpeg-turbo; called at every JPEG block, so the platform keeps what it loaded. */
  readonly jpeg: () => Promise<LibjpegTurbo>;
  /** Loads libwebp; called at every WebP block. */
  readonly webp: () => Promise<DecodeWebp>;
  /** Decoded blocks of all rasters that this program has open. */
  readonly cache: BlockCache;
}
