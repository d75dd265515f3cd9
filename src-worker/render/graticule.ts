import type { Bbox } from './geo-frame.ts';

export interface Meridian {
  /** Degrees, unwrapped. */
  readonly at: number;
  readonly label: string;
}

const steps = [30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002];

/** Lines of longitude and latitude at one round spacing that gives about `count` lines over the wider side. */
export function graticule([west, south, east, north]: Bbox, count: number): { x: Meridian[]; y: Meridian[] } {
  const span = Math.max(east - west, north - south);
  const step = steps.find((candidate) => span / candidate >= count) ?? steps[steps.length - 1] ?? 1;
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  return {
    x: lines(west, east, step).map((at) => ({ at, label: longitudeLabel(at, digits) })),
    y: lines(south, north, step).map((at) => ({ at, label: side(at, digits, 'N', 'S') })),
  };
}

function lines(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

function longitudeLabel(at: number, digits: number): string {
  const turned = at - 360 * Math.round(at / 360);
  return Math.abs(Math.abs(turned) - 180) < 1e-9 ? '180°' : side(turned, digits, 'E', 'W');
}

function side(at: number, digits: number, positive: string, negative: string): string {
  const text = Math.abs(at).toFixed(digits);
  return Number(text) === 0 ? '0°' : `${text}° ${at > 0 ? positive : negative}`;
}
