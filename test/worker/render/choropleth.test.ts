import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { MapFeature } from '../../../src-worker/render/choropleth.ts';
import { renderChoropleth } from '../../../src-worker/render/choropleth.ts';

const box = (west: number, south: number, east: number, north: number, value: number | null): MapFeature => ({
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
  value,
});
const ramp = { ramp: 'viridis', stretch: [0, 10], unit: 'm' } as const;
const figure = { title: 'Zones', label: 'mean' };

/** Whether a colour stands in a picture. */
function has(png: Uint8Array, [red, green, blue]: readonly [number, number, number]): boolean {
  const { data, channels } = decode(png);
  for (let i = 0; i < data.length; i += channels)
    if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) return true;
  return false;
}

describe('renderChoropleth', () => {
  it('gives the ends of the ramp to the ends of the stretch, the same bytes again, and a mark', async () => {
    const features = [box(0, 0, 1, 1, 0), box(1, 0, 2, 1, 10), box(2, 0, 3, 1, null)];
    const { png, svg } = await renderChoropleth({ ...figure, features, colouring: ramp });
    expect(has(png, [68, 1, 84]) && has(png, [253, 231, 37])).toBe(true);
    expect(svg).toContain('mean [m]');
    expect(svg).toContain('no value (1)');
    const again = await renderChoropleth({ ...figure, features, colouring: ramp });
    expect(Buffer.from(again.png).equals(png)).toBe(true);
    const marked = await renderChoropleth({ ...figure, features, colouring: ramp, mark: 'MARK <1>' });
    expect(marked.svg).toContain('MARK &lt;1&gt;');
    expect(decode(marked.png).height).toBeGreaterThan(decode(png).height);
  });

  it('draws classes in their colours, with their names escaped', async () => {
    const classes = [
      { value: 1, label: 'water & <ice>', colour: '#1e1ec8' },
      { value: 2, label: 'meadow', colour: '#1ec81e' },
    ];
    const { png, svg } = await renderChoropleth({
      ...figure,
      features: [box(0, 0, 1, 1, 1), box(1, 0, 2, 1, 2)],
      colouring: { classes },
    });
    expect(has(png, [0x1e, 0x1e, 0xc8]) && has(png, [0x1e, 0xc8, 0x1e])).toBe(true);
    expect(svg).toContain('water &amp; &lt;ice&gt;');
  });

  it.each<[string, MapFeature[]]>([
    ['a point', [{ geometry: { type: 'Point', coordinates: [10, 50] }, value: 3 }]],
    [
      'points across the antimeridian',
      [
        {
          geometry: {
            type: 'MultiPoint',
            coordinates: [
              [179, 0],
              [-179, 1],
            ],
          },
          value: 3,
        },
      ],
    ],
    ['the whole earth', [box(-180, -90, 180, 90, 1)]],
    ['a strip', [box(0, 0, 100, 0.001, 1)]],
    ['nothing with a value', [box(0, 0, 1, 1, null)]],
  ])('draws %s', async (_, features) => {
    const { png } = await renderChoropleth({ ...figure, features, colouring: ramp });
    const { width, height } = decode(png);
    expect(width).toBe(2 * 688);
    expect(height).toBeGreaterThan(400);
    expect(height).toBeLessThan(2_000);
  });

  it('keeps zones together that lie on both sides of the antimeridian', async () => {
    const apart = await renderChoropleth({
      ...figure,
      features: [box(170, 0, 180, 10, 1), box(-180, 0, -170, 10, 2)],
      colouring: ramp,
    });
    const near = await renderChoropleth({
      ...figure,
      features: [box(170, 0, 180, 10, 1), box(180, 0, 190, 10, 2)],
      colouring: ramp,
    });
    expect(Buffer.from(apart.png).equals(near.png)).toBe(true);
  });
});
