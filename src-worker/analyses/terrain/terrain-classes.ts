import type { Window } from '../../../src-raster/types.ts';
import type { CellArea } from '../../raster/cell-area.ts';

export interface AreaRow {
  readonly label: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly pixels: number;
  /** True area on the ellipsoid in m2. */
  readonly area: number;
}

/** Lower limits of the classes of a slope table. */
const slopeLimits = { degree: [0, 2, 5, 10, 15, 25, 35, 45], percent: [0, 2, 5, 10, 15, 30, 45, 60, 100] } as const;

/** Counts pixels and areas by classes; classes are added up in the order of blocks and pixels. */
class AreaCounts {
  readonly pixels: Float64Array;
  readonly areas: Float64Array;

  constructor(classes: number) {
    this.pixels = new Float64Array(classes);
    this.areas = new Float64Array(classes);
  }

  add(index: number, area: number): void {
    this.pixels[index] = (this.pixels[index] ?? 0) + 1;
    if (area === area) this.areas[index] = (this.areas[index] ?? 0) + area;
  }
}

/** Over how much ground the slope lies between the usual limits. */
export class SlopeClasses {
  readonly unit: 'degree' | 'percent';
  readonly #limits: readonly number[];
  readonly #counts: AreaCounts;

  constructor(unit: 'degree' | 'percent') {
    this.unit = unit;
    this.#limits = slopeLimits[unit];
    this.#counts = new AreaCounts(this.#limits.length);
  }

  add(window: Window, slope: ArrayLike<number>, valid: Uint8Array, areaOf: CellArea): void {
    for (let i = 0; i < valid.length; i += 1)
      if (valid[i] === 1) {
        let index = this.#limits.length - 1;
        while (index > 0 && (slope[i] ?? 0) < (this.#limits[index] ?? 0)) index -= 1;
        this.#counts.add(index, areaAt(window, i, areaOf));
      }
  }

  rows(): AreaRow[] {
    const sign = this.unit === 'degree' ? '°' : ' %';
    return this.#limits.map((from, index) => {
      const to = this.#limits[index + 1] ?? null;
      return {
        label: to === null ? `${from}${sign} and more` : `${from} to ${to}${sign}`,
        from,
        to: to ?? (this.unit === 'degree' ? 90 : null),
        pixels: this.#counts.pixels[index] ?? 0,
        area: this.#counts.areas[index] ?? 0,
      };
    });
  }
}

const directions = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const;
const flatRow = directions.length;

/** Over how much ground the aspect lies in each of eight directions, and the mean direction of all pixels. */
export class DirectionCounts {
  readonly #counts = new AreaCounts(directions.length + 1);
  #sine = 0;
  #cosine = 0;
  #pixels = 0;

  add(
    window: Window,
    aspect: ArrayLike<number>,
    valid: Uint8Array,
    flat: Uint8Array,
    inside: ArrayLike<number> | null,
    areaOf: CellArea,
  ): void {
    for (let i = 0; i < valid.length; i += 1) {
      if (flat[i] === 1) {
        if (inside === null || inside[i] === 1) this.#counts.add(flatRow, areaAt(window, i, areaOf));
        continue;
      }
      if (valid[i] !== 1) continue;
      const angle = aspect[i] ?? 0;
      this.#counts.add(Math.floor(((angle + 22.5) % 360) / 45), areaAt(window, i, areaOf));
      this.#sine += Math.sin((angle * Math.PI) / 180);
      this.#cosine += Math.cos((angle * Math.PI) / 180);
      this.#pixels += 1;
    }
  }

  /** Mean direction in degrees and the length (0..1) of the mean of unit vectors (Mardia and Jupp 2000, 2.2); flat ground is left out. */
  mean(): { readonly direction: number | null; readonly concentration: number | null } {
    if (this.#pixels === 0) return { direction: null, concentration: null };
    const length = Math.hypot(this.#sine, this.#cosine) / this.#pixels;
    const angle = (Math.atan2(this.#sine, this.#cosine) * 180) / Math.PI;
    return { direction: length < 1e-12 ? null : angle < 0 ? angle + 360 : angle, concentration: length };
  }

  rows(): AreaRow[] {
    const row = (label: string, index: number, from: number | null, to: number | null): AreaRow => ({
      label,
      from,
      to,
      pixels: this.#counts.pixels[index] ?? 0,
      area: this.#counts.areas[index] ?? 0,
    });
    return [
      ...directions.map((label, index) => row(label, index, (index * 45 + 337.5) % 360, index * 45 + 22.5)),
      row('flat', flatRow, null, null),
    ];
  }
}

function areaAt(window: Window, index: number, areaOf: CellArea): number {
  return areaOf(window.x + (index % window.width), window.y + Math.floor(index / window.width));
}
