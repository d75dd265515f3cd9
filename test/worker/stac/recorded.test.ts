import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cmr } from '../../../scripts/stac-recordings/cmr.ts';
import { copernicus } from '../../../scripts/stac-recordings/copernicus.ts';
import { digitalEarthAustralia } from '../../../scripts/stac-recordings/dea.ts';
import { earthSearch } from '../../../scripts/stac-recordings/earth-search.ts';
import { landsatLook } from '../../../scripts/stac-recordings/landsatlook.ts';
import { planetaryComputer } from '../../../scripts/stac-recordings/planetary-computer.ts';
import type { Recording } from '../../../scripts/stac-recordings/recording.ts';
import { chooseBand } from '../../../src-worker/analyses/shared/band-choice.ts';
import { licencesOf } from '../../../src-worker/run/licences.ts';
import { searchItems } from '../../../src-worker/stac/find-items.ts';
import { findContext, play } from './support.ts';

const folder = join(import.meta.dirname, 'recorded');
const read = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recording;

/** What must come out of each: items, requests of the search, licence, and the band that a common name stands for. */
const expected = {
  'earth-search': {
    items: 3,
    searches: ['POST', 'POST'],
    license: 'proprietary',
    bands: { red: ['red', 0, 0.0001, 0], nir: ['nir', 0, 0.0001, 0] },
  },
  'planetary-computer': {
    items: 3,
    // The second goes to the wrong path that the API wrote into its link, the third to where the search began.
    searches: ['POST', 'POST', 'POST', 'POST'],
    license: 'proprietary',
    bands: { red: ['red', 0, 0.0000275, -0.2], nir08: ['nir08', 0, 0.0000275, -0.2] },
  },
  copernicus: {
    items: 2,
    searches: ['POST', 'POST'],
    license: 'other',
    bands: { red: ['B04_10m', 0, 0.0001, -0.1], nir: ['B08_10m', 0, 0.0001, -0.1] },
  },
  landsatlook: {
    items: 2,
    searches: ['POST', 'GET', 'GET'],
    license:
      'https://d9-wret.s3.us-west-2.amazonaws.com/assets/palladium/production/s3fs-public/atoms/files/Landsat_Data_Policy.pdf',
    bands: { red: ['red', null, null, null], nir08: ['nir08', null, null, null] },
  },
  cmr: {
    items: 3,
    searches: ['POST', 'POST', 'POST'],
    license: 'not-provided',
    bands: { B04: ['B04', null, null, null] },
  },
  'digital-earth-australia': {
    items: 2,
    searches: ['GET', 'GET'],
    license: 'CC-BY-4.0',
    bands: { red: ['nbart_red', null, null, null] },
  },
} as const;

it('the recordings are what the script writes', () => {
  const made = {
    cmr: cmr(),
    copernicus: copernicus(),
    'digital-earth-australia': digitalEarthAustralia(),
    'earth-search': earthSearch(),
    landsatlook: landsatLook(),
    'planetary-computer': planetaryComputer(),
  };
  expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toEqual(
    Object.keys(made).map((name) => `${name}.json`),
  );
  for (const [name, recording] of Object.entries(made))
    expect(read(name), `${name}: run node scripts/make-stac-recordings.ts`).toEqual(
      JSON.parse(JSON.stringify(recording)),
    );
});

it('the recorded items are of both versions of STAC that services speak', () => {
  const versions = Object.keys(expected).flatMap((name) =>
    read(name).exchanges.flatMap(({ answer }) =>
      ((answer as { features?: { stac_version?: string }[] }).features ?? []).map((item) => item.stac_version),
    ),
  );
  expect([...new Set(versions)].sort()).toEqual(['1.0.0', '1.1.0']);
});

describe.each(Object.entries(expected))('%s', (name, wanted) => {
  it('parses and pages, in order of time, each item once', async () => {
    const recording = read(name);
    const { api, asked, unknown } = await play(recording);
    const { ctx, warnings } = findContext();
    const found = await searchItems({ stac_api: api, collection: recording.collection, max_items: 10 }, null, ctx);
    expect(warnings).toEqual([]);
    expect(found.items).toHaveLength(wanted.items);
    expect(new Set(found.items.map(({ id }) => id)).size).toBe(wanted.items);
    const times = found.items.map(({ start }) => start);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(found).toMatchObject({ more: false, skipped: 0, cut: null });
    const searches = asked.filter(({ path }) => !path.includes('/collections') && !path.endsWith('/conformance'));
    expect(searches.slice(1).map(({ method }) => method)).toEqual(wanted.searches);
    // The one request without an answer is that to the Planetary Computer's wrong path.
    expect(unknown.map(({ method }) => method)).toEqual(name === 'planetary-computer' ? ['POST'] : []);
    const [first] = await licencesOf(found, ctx);
    expect(first).toMatchObject({ collection: recording.collection, license: wanted.license, items: wanted.items });
  });

  it('finds bands by name and common name, with what the item says about their numbers', async () => {
    const recording = read(name);
    const { api } = await play(recording);
    const { ctx } = findContext();
    const { items } = await searchItems({ stac_api: api, collection: recording.collection, max_items: 10 }, null, ctx);
    for (const item of items)
      for (const [common, [key, nodata, scale, offset]] of Object.entries(wanted.bands))
        expect(chooseBand(item, [common])).toMatchObject({ key, band: 1, nodata, scale, offset });
  });
});

it('Earth Search is asked to leave out the assets that no band can be', async () => {
  const { api, asked } = await play(read('earth-search'));
  const { ctx } = findContext({ bands: [['red'], ['nir', 'nir08'], ['scl']] });
  await searchItems({ stac_api: api, collection: 'sentinel-2-l2a', max_items: 10 }, null, ctx);
  const [first] = asked.filter(({ path }) => path.endsWith('/search'));
  expect(first?.body).toMatchObject({ fields: { exclude: ['assets.thumbnail'] } });
  expect(first?.body['sortby']).toEqual([
    { field: 'properties.datetime', direction: 'asc' },
    { field: 'id', direction: 'asc' },
  ]);
});
