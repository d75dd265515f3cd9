import type { Feature, FeatureCollection, LineString, Point } from 'geojson';
import type { View } from '../geo/view.ts';
import { viewBox } from '../geo/view.ts';
import { fromMercator, maxLatitude, wrapLongitude } from '../geo/mercator.ts';

/** Steps that people read easily; minutes below a degree. */
const steps = [
  45,
  30,
  15,
  10,
  5,
  2,
  1,
  1 / 2,
  1 / 4,
  1 / 6,
  1 / 12,
  1 / 30,
  1 / 60,
  1 / 120,
  1 / 300,
  1 / 600,
  1 / 3600,
];
/** CSS pixels between two lines, at least. */
const spacing = 110;

export interface Graticule {
  readonly lines: FeatureCollection<LineString>;
  /** A label at the left (parallels) or lower (meridians) edge of the view; `side` is `left` or `bottom`. */
  readonly labels: FeatureCollection<Point, { text: string; side: string }>;
}

/** Meridians and parallels of a view at round places, with labels along its left and lower edge. */
export function graticuleOf(view: View): Graticule {
  const [x0, y0, x1, y1] = viewBox(view);
  const [west, north] = fromMercator(x0, Math.max(0, y0));
  const [east, south] = fromMercator(x1, Math.min(1, y1));
  const perDegree = view.worldSize / 360;
  const step = [...steps].reverse().find((degrees) => degrees * perDegree >= spacing) ?? 45;
  const lines: Feature<LineString>[] = [];
  const labels: Graticule['labels']['features'] = [];
  const line = (coordinates: [number, number][]): void => {
    lines.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } });
  };
  const label = (at: [number, number], text: string, side: string): void => {
    labels.push({ type: 'Feature', properties: { text, side }, geometry: { type: 'Point', coordinates: at } });
  };
  const margin = step;
  for (let i = Math.ceil((west - margin) / step); i * step <= east + margin; i += 1) {
    const longitude = i * step;
    line([
      [longitude, Math.max(-maxLatitude, south - margin)],
      [longitude, Math.min(maxLatitude, north + margin)],
    ]);
    label([longitude, south], degreesText(wrapLongitude(longitude), 'E', 'W', step), 'bottom');
  }
  for (let i = Math.ceil((south - margin) / step); i * step <= north + margin; i += 1) {
    const latitude = i * step;
    if (Math.abs(latitude) > 85) continue;
    line([
      [west - margin, latitude],
      [east + margin, latitude],
    ]);
    label([west, latitude], degreesText(latitude, 'N', 'S', step), 'left');
  }
  return {
    lines: { type: 'FeatureCollection', features: lines },
    labels: { type: 'FeatureCollection', features: labels },
  };
}

/** `105° W`, `40°15′ N`, `40°15′30″ N`. */
function degreesText(value: number, positive: string, negative: string, step: number): string {
  const seconds = Math.round(Math.abs(value) * 3600);
  const [d, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const side = seconds === 0 || seconds === 180 * 3600 ? '' : ` ${value < 0 ? negative : positive}`;
  const minutes = step < 1 ? `${String(m).padStart(2, '0')}′` : '';
  return `${d}°${minutes}${step < 1 / 60 ? `${String(s).padStart(2, '0')}″` : ''}${side}`;
}
