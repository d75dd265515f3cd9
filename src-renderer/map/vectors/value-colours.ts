import type { Feature } from 'geojson';
import { rampTable } from '../style/ramps.ts';

/** How features are coloured by one of their properties: viridis from the least to the greatest value. */
export interface ValueColouring {
  readonly property: string;
  readonly min: number;
  readonly max: number;
  /** Features without a number there; only their outline is drawn. */
  readonly missing: number;
}

/** The property under which the map's style finds a feature's colour. */
export const colourProperty = 'transect:colour';

/** More names than this are no choice. */
const mostProperties = 200;

/** Properties that hold a number in some feature and nothing else than numbers in the others, in the order of the file. */
export function numericProperties(features: readonly Feature[]): string[] {
  const isNumeric = new Map<string, boolean>();
  for (const { properties } of features)
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (value === null) continue;
      isNumeric.set(name, (isNumeric.get(name) ?? true) && isNumber(value));
    }
  return [...isNumeric].flatMap(([name, numeric]) => (numeric ? [name] : [])).slice(0, mostProperties);
}

/** The colouring by a property; null where no feature has a number there. */
export function colouringBy(features: readonly Feature[], property: string): ValueColouring | null {
  let [min, max, missing] = [Infinity, -Infinity, 0];
  for (const { properties } of features) {
    const value: unknown = properties?.[property];
    if (isNumber(value)) [min, max] = [Math.min(min, value), Math.max(max, value)];
    else missing += 1;
  }
  return min > max ? null : { property, min, max, missing };
}

/** The features with their colours, as the map's style takes them. */
export function coloured(features: readonly Feature[], { property, min, max }: ValueColouring): Feature[] {
  const table = rampTable('viridis');
  return features.map((feature) => {
    const value: unknown = feature.properties?.[property];
    if (!isNumber(value)) return feature;
    const entry = max > min ? Math.round(((value - min) / (max - min)) * 255) : 128;
    const [red = 0, green = 0, blue = 0] = table.subarray(entry * 4, entry * 4 + 3);
    return { ...feature, properties: { ...feature.properties, [colourProperty]: `rgb(${red},${green},${blue})` } };
  });
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
