// The map's web worker: reads and decodes rasters, so that the window never waits for a tile.
import jpegWasm from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url';
import webpWasm from '@jsquash/webp/codec/dec/webp_dec.wasm?url';
import lercWasm from 'lerc/lerc-wasm.wasm?url';
import { toAppError } from '../../../src-shared/errors.ts';
import { windowPlatform } from './platform.ts';
import type { FromWorker, Operations, ToWorker } from './protocol.ts';
import { RasterReader } from './raster-reader.ts';

const absolute = (url: string): string => new URL(url, import.meta.url).href;
const wasm = { lerc: absolute(lercWasm), jpeg: absolute(jpegWasm), webp: absolute(webpWasm) };
const reader = new RasterReader(windowPlatform(wasm));
const running = new Map<number, AbortController>();

function send(message: FromWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

async function answer(message: Extract<ToWorker, { kind: 'call' }>): Promise<void> {
  const { id, operation, input } = message;
  const stop = new AbortController();
  running.set(id, stop);
  try {
    // Both ends of the channel are built from the same source.
    const value = await reader.call(operation, input as Operations[typeof operation]['input'], stop.signal);
    const transfer = operation === 'tile' ? [(value as Operations['tile']['output']).data.buffer] : [];
    send({ kind: 'answer', id, value, traffic: reader.traffic }, transfer);
  } catch (cause) {
    const error = stop.signal.aborted ? null : toAppError(cause).toData();
    send({ kind: 'failure', id, error, traffic: reader.traffic });
  } finally {
    running.delete(id);
  }
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'cancel') running.get(data.id)?.abort();
  else void answer(data);
});
