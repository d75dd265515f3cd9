import type { Feature } from 'geojson';
import { describe, expect, it } from 'vitest';
import { coloured, colouringBy, numericProperties } from '../../../src-renderer/map/vectors/value-colours.ts';

const feature = (properties: Feature['properties']): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates: [0, 0] },
});
const features = [
  feature({ name: 'a', mean: 2, code: 1, gap: null }),
  feature({ name: 'b', mean: 4, code: 'x', gap: null }),
  feature({ name: 'c', mean: null }),
  feature(null),
];

describe('outlines coloured by a value', () => {
  it('offers the properties that are numbers throughout', () => {
    expect(numericProperties(features)).toEqual(['mean']);
    expect(numericProperties([])).toEqual([]);
  });

  it('goes from the least to the greatest value, and counts those without one', () => {
    expect(colouringBy(features, 'mean')).toEqual({ property: 'mean', min: 2, max: 4, missing: 2 });
    expect(colouringBy(features, 'gap')).toBeNull();
  });

  it('gives the ends of the ramp to the ends of the values, and no colour where there is none', () => {
    const colouring = colouringBy(features, 'mean');
    if (colouring === null) throw new Error('no colouring');
    const colours = coloured(features, colouring).map(({ properties }) => properties?.['transect:colour'] as unknown);
    expect(colours).toEqual(['rgb(68,1,84)', 'rgb(253,231,37)', undefined, undefined]);
    expect(features[0]?.properties).not.toHaveProperty('transect:colour');
  });

  it('has a colour for a single value', () => {
    const [only] = coloured([feature({ v: 7 })], { property: 'v', min: 7, max: 7, missing: 0 });
    expect(only?.properties?.['transect:colour']).toMatch(/^rgb/);
  });
});
