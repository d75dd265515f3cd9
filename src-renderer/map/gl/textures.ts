import type { TilePixels } from '../reader/tile-pixels.ts';

/** Bytes that a tile's texture takes on the graphics card. */
export function textureBytes({ width, height, format }: Pick<TilePixels, 'width' | 'height' | 'format'>): number {
  return width * height * (format === 'rgba32f' ? 16 : 4);
}

/** A texture that is read texel by texel, never filtered or repeated. */
export function makeTexture(gl: WebGL2RenderingContext, pixels: TilePixels): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  unfiltered(gl);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  const { width, height, data } = pixels;
  const [internal, format, type] = {
    r32f: [gl.R32F, gl.RED, gl.FLOAT],
    rgba32f: [gl.RGBA32F, gl.RGBA, gl.FLOAT],
    rgba8: [gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE],
  }[pixels.format] as [number, number, number];
  gl.texImage2D(gl.TEXTURE_2D, 0, internal, width, height, 0, format, type, data);
  return texture;
}

export function unfiltered(gl: WebGL2RenderingContext): void {
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
}
