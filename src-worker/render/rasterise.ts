import { readFile } from 'node:fs/promises';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { sideFile } from '../side-files.ts';
import { fontBytes, fontFamily } from './fonts.ts';
import { encodePng } from './png.ts';

/** Device pixels for one unit of a figure's layout: figures stay sharp on dense screens and in print. */
export const pixelRatio = 2;

let ready: Promise<void> | undefined;

/** Renders an SVG document to PNG bytes with the shipped fonts alone; the same text gives the same bytes. */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  ready ??= readFile(sideFile('resvg.wasm')).then((bytes) => initWasm(bytes));
  await ready;
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: pixelRatio },
    font: {
      fontBuffers: [fontBytes('normal'), fontBytes('bold')],
      defaultFontFamily: fontFamily,
      sansSerifFamily: fontFamily,
    },
    textRendering: 2,
    imageRendering: 1,
  });
  try {
    const image = resvg.render();
    try {
      // Figures stand on opaque paper: there is no alpha to keep.
      return encodePng(image.pixels, { width: image.width, height: image.height, channels: 3 });
    } finally {
      image.free();
    }
  } finally {
    resvg.free();
  }
}
