import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { renderFootprints, type Footprint } from '../../../src-worker/render/footprints.ts';
import { extentOf, unwrappedBbox, unwrappedRings } from '../../../src-worker/render/geo-frame.ts';
import { graticule } from '../../../src-worker/render/graticule.ts';
import { scaleBar } from '../../../src-worker/render/scale-bar.ts';

const box = (id: string, west: number, south: number, east: number, north: number): Footprint => ({
  id,
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  },
});

describe('renderFootprints', () => {
  it('draws scenes and area, and differs with each of them', async () => {
    const bbox = [12.4, 41.8, 12.6, 41.9] as const;
    const scene = box('a', 12, 41.5, 13, 42.2);
    const one = await renderFootprints({ title: 'Scenes', bbox, footprints: [scene] });
    const two = await renderFootprints({
      title: 'Scenes',
      bbox,
      footprints: [scene, box('b', 12.2, 41.5, 13.2, 42.2)],
    });
    const marked = await renderFootprints({ title: 'Scenes', bbox, footprints: [scene], mark: 'MARK' });
    expect(Buffer.from(one).equals(two)).toBe(false);
    expect(decode(marked).height).toBeGreaterThan(decode(one).height + 40);
    expect(Buffer.from(await renderFootprints({ title: 'Scenes', bbox, footprints: [scene] })).equals(one)).toBe(true);
  });

  it.each<[string, readonly Footprint[], readonly [number, number, number, number]]>([
    ['none', [], [5, 50, 5.1, 50.05]],
    ['a point as area', [box('a', 5, 50, 6, 51)], [5, 50, 5, 50]],
    ['the whole earth', [box('w', -180, -90, 180, 90)], [-180, -90, 180, 90]],
    ['a pole', [box('p', -180, 80, 180, 90)], [10, 85, 20, 90]],
    [
      'many',
      Array.from({ length: 60 }, (_, index) => box(`item <${index}>`, index / 10, 0, index / 10 + 1, 1)),
      [0, 0, 1, 1],
    ],
  ])('draws %s', async (_, footprints, bbox) => {
    const { width, height } = decode(await renderFootprints({ title: 'T', bbox, footprints }));
    expect(width).toBe(2 * 688);
    expect(height).toBeGreaterThan(400);
  });
});

describe('geo frame', () => {
  it('joins what crosses the antimeridian', () => {
    expect(unwrappedBbox([179, -17, -179, -16])).toEqual([179, -17, 181, -16]);
    const rings = unwrappedRings(box('a', 179.5, -17, -179.5, -16).geometry, 180);
    expect(rings[0]?.map(([x]) => x)).toEqual([179.5, 180.5, 180.5, 179.5, 179.5]);
  });

  it('keeps rings on the side of the area', () => {
    const rings = unwrappedRings(box('a', -180, 0, -179, 1).geometry, 179.9);
    expect(rings[0]?.map(([x]) => x)).toEqual([180, 181, 181, 180, 180]);
  });

  it('pads and stays on the earth', () => {
    expect(
      extentOf(
        [
          [0, 80],
          [10, 90],
        ],
        0.1,
      ),
    ).toEqual([-1, 79, 11, 90]);
  });
});

describe('graticule', () => {
  it('labels round degrees with their side', () => {
    const { x, y } = graticule([179, -1, 181, 1], 4);
    expect(x.map(({ label }) => label)).toEqual(['179.0° E', '179.5° E', '180°', '179.5° W', '179.0° W']);
    expect(y.map(({ label }) => label)).toEqual(['1.0° S', '0.5° S', '0°', '0.5° N', '1.0° N']);
  });
});

describe('scaleBar', () => {
  it.each([
    [10, 100, 1000, '1 km'],
    [7.3, 120, 500, '500 m'],
    [0.001, 100, 0.1, '10 cm'],
  ])('%d m per unit in %d units is %d m', (metresPerUnit, width, metres, label) => {
    const bar = scaleBar(metresPerUnit, width);
    expect(bar).toMatchObject({ metres, label });
    expect(bar?.length).toBeCloseTo(metres / metresPerUnit, 9);
  });

  it('is nothing without a scale', () => {
    expect(scaleBar(0, 100)).toBeNull();
    expect(scaleBar(NaN, 100)).toBeNull();
  });
});
