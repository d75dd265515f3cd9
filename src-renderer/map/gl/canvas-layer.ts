import { unfiltered } from './textures.ts';

/**
 * An off-screen picture of the size of the map's canvas. A raster layer is drawn into it first and laid over the map as a
 * whole, so that an opacity below 1 does not show where tiles overlap.
 */
export class CanvasLayer {
  readonly #gl: WebGL2RenderingContext;
  readonly #frame: WebGLFramebuffer;
  readonly texture: WebGLTexture;
  #width = 0;
  #height = 0;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#frame = gl.createFramebuffer();
    this.texture = gl.createTexture();
  }

  /** Binds it, empty, as the place to draw to. */
  begin(width: number, height: number): void {
    const gl = this.#gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    if (width !== this.#width || height !== this.#height) {
      [this.#width, this.#height] = [width, height];
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      unfiltered(gl);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.texture, 0);
    }
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }
}
