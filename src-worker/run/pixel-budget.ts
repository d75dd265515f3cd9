import { AppError } from '../../src-shared/errors.ts';

/** Counts the source pixels that a run decodes and refuses to go past its limit. */
export class PixelBudget {
  readonly maxPixels: number;
  #pixels = 0;

  constructor(maxPixels: number) {
    this.maxPixels = maxPixels;
  }

  get pixels(): number {
    return this.#pixels;
  }

  add(pixels: number): void {
    const asked = this.#pixels + pixels;
    if (asked > this.maxPixels)
      throw new AppError(
        'over_limit',
        `This run would decode ${asked} source pixels; limits.max_pixels allows ${this.maxPixels}.`,
        {
          remedy: 'Choose a smaller area, fewer items or a coarser grid, or raise limits.max_pixels in the task.',
          details: { limit: 'max_pixels', asked, allowed: this.maxPixels },
        },
      );
    this.#pixels = asked;
  }
}
