import { AppError } from '../../../src-shared/errors.ts';
import type { MercatorBox } from '../geo/mercator.ts';
import type { View } from '../geo/view.ts';
import type { TilePixels } from '../reader/tile-pixels.ts';
import type { Mesh } from '../tiles/mesh.ts';
import { CanvasLayer } from './canvas-layer.ts';
import type { Program } from './program.ts';
import { makeProgram } from './program.ts';
import { layerFragment, meshVertex, screenVertex, tileFragment } from './shaders.ts';
import { makeTexture, unfiltered } from './textures.ts';

/** How values become colours. */
export interface Colouring {
  readonly kind: 'ramp' | 'rgb' | 'palette';
  /** 256 RGBA colours; used by `ramp`. */
  readonly ramp: Uint8Array;
  /** Stored values of black and white by channel; a ramp uses the first. */
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
  readonly smooth: boolean;
  readonly opacity: number;
}

/** A tile to draw: its texture, which part of it (texels) the tile's box covers, and its meshes on the map. */
export interface TileDrawing {
  readonly texture: WebGLTexture;
  readonly format: TilePixels['format'];
  readonly part: readonly [x: number, y: number, width: number, height: number];
  readonly meshes: readonly { readonly mesh: Mesh; readonly area: MercatorBox; readonly copies: readonly number[] }[];
}

/** Draws raster layers with WebGL 2. One is made for each graphics context. */
export class RasterPainter {
  readonly gl: WebGL2RenderingContext;
  readonly #tiles: Program;
  readonly #layers: Program;
  readonly #canvas: CanvasLayer;
  readonly #ramp: WebGLTexture;
  readonly #mesh: WebGLVertexArrayObject;
  readonly #empty: WebGLVertexArrayObject;
  readonly #vertices: WebGLBuffer;
  readonly #triangles: WebGLBuffer;

  constructor(gl: WebGL2RenderingContext) {
    this.gl = gl;
    this.#tiles = makeProgram(gl, meshVertex, tileFragment);
    this.#layers = makeProgram(gl, screenVertex, layerFragment);
    this.#canvas = new CanvasLayer(gl);
    this.#ramp = gl.createTexture();
    this.#empty = gl.createVertexArray();
    this.#mesh = gl.createVertexArray();
    this.#vertices = gl.createBuffer();
    this.#triangles = gl.createBuffer();
    gl.bindVertexArray(this.#mesh);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#vertices);
    for (const [index, name] of ['a_position', 'a_place'].entries()) {
      const at = gl.getAttribLocation(this.#tiles.program, name);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 16, index * 8);
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#triangles);
    gl.bindVertexArray(null);
  }

  upload(pixels: TilePixels): WebGLTexture {
    const texture = makeTexture(this.gl, pixels);
    if (this.gl.getError() === this.gl.OUT_OF_MEMORY)
      throw new AppError('storage', 'The graphics memory is full.', { remedy: 'Hide some layers or close windows.' });
    return texture;
  }

  /** Draws one layer over what is on the canvas, whose framebuffer is bound. */
  draw(view: View, colouring: Colouring, tiles: readonly TileDrawing[]): void {
    const { gl } = this;
    if (tiles.length === 0 || gl.isContextLost()) return;
    const target = gl.getParameter(gl.FRAMEBUFFER_BINDING) as WebGLFramebuffer | null;
    for (const test of [gl.DEPTH_TEST, gl.STENCIL_TEST, gl.CULL_FACE, gl.SCISSOR_TEST, gl.BLEND]) gl.disable(test);
    gl.colorMask(true, true, true, true);
    this.#canvas.begin(gl.drawingBufferWidth, gl.drawingBufferHeight);
    this.#colours(colouring);
    gl.bindVertexArray(this.#mesh);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#vertices);
    for (const tile of tiles) this.#tile(view, tile);

    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.useProgram(this.#layers.program);
    gl.bindVertexArray(this.#empty);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#canvas.texture);
    gl.uniform1i(this.#layers.uniform('u_layer'), 0);
    gl.uniform1f(this.#layers.uniform('u_opacity'), colouring.opacity);
    gl.enable(gl.BLEND);
    gl.blendEquation(gl.FUNC_ADD);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindVertexArray(null);
  }

  #colours({ kind, ramp, low, high, smooth }: Colouring): void {
    const { gl } = this;
    const { program, uniform } = this.#tiles;
    gl.useProgram(program);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.#ramp);
    unfiltered(gl);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, ramp);
    gl.uniform1i(uniform('u_pixels'), 0);
    gl.uniform1i(uniform('u_ramp'), 1);
    gl.uniform1i(uniform('u_kind'), { ramp: 0, rgb: 1, palette: 2 }[kind]);
    gl.uniform1i(uniform('u_smooth'), smooth ? 1 : 0);
    gl.uniform3f(uniform('u_low'), ...low);
    // A stretch without width shows what lies above it and what doesn't.
    const perSpan = (i: 0 | 1 | 2): number => (high[i] > low[i] ? 1 / (high[i] - low[i]) : 1e30);
    gl.uniform3f(uniform('u_perSpan'), perSpan(0), perSpan(1), perSpan(2));
    gl.activeTexture(gl.TEXTURE0);
  }

  #tile(view: View, { texture, format, part, meshes }: TileDrawing): void {
    const { gl } = this;
    const { uniform } = this.#tiles;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.uniform4f(uniform('u_part'), ...part);
    gl.uniform1f(uniform('u_factor'), format === 'rgba8' ? 255 : 1);
    const [sx, sy] = [(2 * view.worldSize) / view.width, (-2 * view.worldSize) / view.height];
    gl.uniform2f(uniform('u_scale'), sx, sy);
    for (const { mesh, area, copies } of meshes) {
      const count = mesh.positions.length / 2;
      const vertices = new Float32Array(count * 4);
      for (let i = 0; i < count; i += 1) {
        vertices.set(mesh.positions.subarray(2 * i, 2 * i + 2), 4 * i);
        vertices.set(mesh.places.subarray(2 * i, 2 * i + 2), 4 * i + 2);
      }
      gl.bufferData(gl.ARRAY_BUFFER, vertices, gl.STREAM_DRAW);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, mesh.triangles, gl.STREAM_DRAW);
      for (const copy of copies) {
        // The difference is taken in float64: at high zooms float32 would make the picture jitter.
        gl.uniform2f(uniform('u_offset'), (area[0] + copy - view.x) * sx, (area[1] - view.y) * sy);
        gl.drawElements(gl.TRIANGLES, mesh.triangles.length, gl.UNSIGNED_INT, 0);
      }
    }
  }
}
