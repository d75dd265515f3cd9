declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  export interface JpegDecoder {
    /** A view of the decoder's memory to put the stream into. */
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number };
    delete(): void;
  }

  export interface LibjpegTurbo {
    readonly JPEGDecoder: new () => JpegDecoder;
  }

  export default function create(options: { readonly wasmBinary: Uint8Array }): Promise<LibjpegTurbo>;
}
