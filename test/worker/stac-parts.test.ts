import { describe, expect, it } from 'vitest';
import { chooseBand } from '../../src-worker/analyses/shared/band-choice.ts';
import { compileFilter } from '../../src-worker/stac/cql2.ts';
import { bboxGeometry, bboxesMeet, footprintsMeet } from '../../src-worker/stac/footprint.ts';
import { inOrder, readItem } from '../../src-worker/stac/item.ts';
import { compileQuery } from '../../src-worker/stac/query.ts';

const place = { href: 'https://example.org/item.json', name: 'item.json', root: null };

function item(assets: Record<string, unknown>, properties: Record<string, unknown> = {}, id = 'a') {
  return readItem(
    {
      type: 'Feature',
      id,
      geometry: null,
      bbox: [0, 0, 1, 1],
      properties: { datetime: '2023-06-01T00:00:00Z', ...properties },
      assets,
    },
    place,
  );
}

describe('choosing a band', () => {
  const tiff = { href: 'a.tif', type: 'image/tiff', roles: ['data'] };

  it('prefers the asset key, then the common name of STAC 1.0 and of 1.1, then the band name', () => {
    expect(chooseBand(item({ red: tiff, B04: { ...tiff, 'eo:bands': [{ common_name: 'red' }] } }), ['red']).key).toBe(
      'red',
    );
    expect(
      chooseBand(item({ B04: { ...tiff, 'eo:bands': [{ name: 'B4', common_name: 'red' }] } }), ['red']),
    ).toMatchObject({ key: 'B04', band: 1 });
    expect(
      chooseBand(
        item({ image: { ...tiff, bands: [{ 'eo:common_name': 'blue' }, { 'eo:common_name': 'red', nodata: 0 }] } }),
        ['red'],
      ),
    ).toMatchObject({ key: 'image', band: 2, nodata: 0 });
    expect(chooseBand(item({ image: { ...tiff, 'eo:bands': [{ name: 'B4' }] } }), ['B4']).key).toBe('image');
    expect(chooseBand(item({ nir08: tiff }), ['nir', 'nir08']).key).toBe('nir08');
  });

  it('of several takes data before thumbnails, the finest, the TIFF, the first key', () => {
    const named = { ...tiff, 'eo:bands': [{ common_name: 'red' }] };
    const assets = {
      coarse: { ...named, gsd: 60 },
      preview: { ...named, roles: ['overview'], gsd: 1 },
      jp2: { ...named, type: 'image/jp2', href: 'a.jp2', gsd: 10 },
      fine: { ...named, gsd: 10 },
    };
    expect(chooseBand(item(assets), ['red']).key).toBe('fine');
  });

  it('reads nodata as number or text, and lists the assets when there is no such band', () => {
    expect(chooseBand(item({ red: { ...tiff, 'raster:bands': [{ nodata: 'nan' }] } }), ['red']).nodata).toBeNaN();
    expect(() => chooseBand(item({ blue: tiff, green: tiff }), ['swir22'])).toThrow(
      /no band swir22\. Available: blue, green/,
    );
  });

  it('falls back to the role, and to an alternate address where its own can’t be read', () => {
    const cloud = { ...tiff, href: 'qa.tif', roles: ['cloud', 'cloud-shadow'] };
    expect(chooseBand(item({ red: tiff, qa_pixel: cloud }), ['cloud'])).toMatchObject({ key: 'qa_pixel', band: 1 });
    expect(chooseBand(item({ cloud: tiff, qa_pixel: cloud }), ['cloud']).key).toBe('cloud');
    const alternate = { b: { href: 'ftp://x/red.tif' }, https: { href: 'https://example.org/red.tif' } };
    expect(chooseBand(item({ red: { ...tiff, href: 'gdrive://red.tif', alternate } }), ['red']).asset.href).toBe(
      'https://example.org/red.tif',
    );
    expect(chooseBand(item({ red: { ...tiff, href: 's3://b/red.tif', alternate } }), ['red']).asset.href).toBe(
      's3://b/red.tif',
    );
  });

  it('does not subtract an offset a second time', () => {
    const red = { ...tiff, 'raster:bands': [{ scale: 0.0001, offset: -0.1 }] };
    expect(chooseBand(item({ red }), ['red'])).toMatchObject({ scale: 0.0001, offset: -0.1 });
    expect(chooseBand(item({ red }, { 'earthsearch:boa_offset_applied': true }), ['red']).offset).toBe(0);
  });
});

describe('items', () => {
  it('are ordered by time, then id', () => {
    const list = [
      item({}, { datetime: '2023-06-02T00:00:00Z' }, 'a'),
      item({}, {}, 'b'),
      item({}, { datetime: null, start_datetime: '2023-06-01T00:00:00Z', end_datetime: '2023-06-03T00:00:00Z' }, 'B'),
    ];
    expect([...list].sort(inOrder).map(({ id }) => id)).toEqual(['B', 'b', 'a']);
  });

  it('without any time are refused by name; broken assets are left out', () => {
    expect(() => item({}, { datetime: null })).toThrow(/Item a has neither datetime/);
    expect(Object.keys(item({ good: { href: 'x' }, bad: { title: 'no href' }, worse: 7 }).assets)).toEqual(['good']);
  });
});

describe('conditions', () => {
  const value = (name: string) =>
    ({ 'eo:cloud_cover': 12, platform: 'sentinel-2a', updated: '2023-06-01T10:00:00+02:00', tags: ['x'] })[name];

  it.each([
    [{ 'eo:cloud_cover': { lt: 20, gte: 12 } }, true],
    [{ 'eo:cloud_cover': { lt: 12 } }, false],
    [{ missing: { lt: 12 } }, false],
    [{ missing: { neq: 12 } }, false],
    [{ platform: { startsWith: 'sentinel', in: ['a', 'sentinel-2a'] } }, true],
    [{ tags: { contains: 'x' } }, true],
  ])('query %j', (query, expected) => {
    expect(compileQuery(query)(value)).toBe(expected);
  });

  it.each([
    [{ op: '<=', args: [{ property: 'eo:cloud_cover' }, 12] }, true],
    [{ op: 'not', args: [{ op: '=', args: [{ property: 'platform' }, 'x'] }] }, true],
    [{ op: 'between', args: [{ property: 'eo:cloud_cover' }, 12, 13] }, true],
    [{ op: 'like', args: [{ property: 'platform' }, 'sent_nel%a'] }, true],
    [{ op: 'like', args: [{ property: 'platform' }, '.*'] }, false],
    [{ op: 'isNull', args: [{ property: 'missing' }] }, true],
    [{ op: '>', args: [{ property: 'updated' }, { timestamp: '2023-06-01T07:59:00Z' }] }, true],
    [
      {
        op: 'or',
        args: [
          { op: '=', args: [{ property: 'platform' }, 'x'] },
          { op: 'in', args: [{ property: 'eo:cloud_cover' }, [1, 12]] },
        ],
      },
      true,
    ],
  ])('filter %j', (filter, expected) => {
    expect(compileFilter(filter)(value)).toBe(expected);
  });

  // Unknown stays unknown under `not`, as in SQL; one false or one true decides `and` and `or`.
  const unknown = { op: '>', args: [{ property: 'missing' }, 20] };
  const yes = { op: '=', args: [{ property: 'eo:cloud_cover' }, 12] };
  const not = (arg: object) => ({ op: 'not', args: [arg] });
  const and = (...args: object[]) => ({ op: 'and', args });
  const or = (...args: object[]) => ({ op: 'or', args });
  it.each([
    [unknown, false],
    [not(unknown), false],
    [not(not(unknown)), false],
    [and(yes, unknown), false],
    [not(and(yes, unknown)), false],
    [not(and(not(yes), unknown)), true],
    [or(yes, unknown), true],
    [or(not(yes), unknown), false],
    [not(or(not(yes), unknown)), false],
    [not({ op: 'in', args: [{ property: 'missing' }, [1]] }), false],
    [not({ op: 'like', args: [{ property: 'missing' }, 'a%'] }), false],
    [not({ op: 'between', args: [{ property: 'missing' }, 1, 2] }), false],
    [not({ op: 'isNull', args: [{ property: 'missing' }] }), false],
    [{ op: '<>', args: [{ property: 'missing' }, 1] }, false],
  ])('filter in three values %j', (filter, expected) => {
    expect(compileFilter(filter)(value)).toBe(expected);
  });

  it('names what it can’t evaluate', () => {
    expect(() => compileFilter({ op: 's_intersects', args: [] })).toThrow(/"s_intersects" can't be evaluated/);
    expect(() => compileQuery({ a: { near: 1 } })).toThrow(/"near"/);
  });
});

describe('footprints', () => {
  const triangle = {
    type: 'Polygon' as const,
    coordinates: [
      [
        [0, 0],
        [10, 0],
        [0, 10],
        [0, 0],
      ],
    ],
  };

  it('meet by area, not by box', () => {
    expect(footprintsMeet(triangle, bboxGeometry([1, 1, 2, 2]))).toBe(true);
    expect(footprintsMeet(triangle, bboxGeometry([8, 8, 9, 9]))).toBe(false);
    expect(footprintsMeet(triangle, bboxGeometry([-5, -5, 20, 20]))).toBe(true);
    expect(footprintsMeet(triangle, bboxGeometry([10, 0, 11, 1]))).toBe(true);
  });

  it('meet across the antimeridian', () => {
    expect(bboxesMeet([170, -10, -170, 10], [-175, 0, -174, 1])).toBe(true);
    expect(bboxesMeet([170, -10, -170, 10], [0, 0, 1, 1])).toBe(false);
    expect(footprintsMeet(bboxGeometry([170, -10, -170, 10]), bboxGeometry([175, 0, 176, 1]))).toBe(true);
  });
});
