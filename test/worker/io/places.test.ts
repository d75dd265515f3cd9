import { describe, expect, test } from 'vitest';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { accessNotes } from '../../../src-worker/run/access-notes.ts';
import { Places } from '../../../src-worker/run/places.ts';
import { assetHrefs } from '../../../src-worker/run/reach.ts';
import { failureOf } from './support.ts';

function placesWith(reached: string[] = []): Places {
  return new Places({
    taskFolder: '/',
    granted: null,
    offline: false,
    reach: (href) => {
      reached.push(href);
      return Promise.resolve();
    },
  });
}

describe('places in buckets', () => {
  test('are known by their address, and reached for', async () => {
    const reached: string[] = [];
    const place = await placesWith(reached).input('s3://bucket/a b/item.json');
    expect(place).toEqual({ href: 's3://bucket/a b/item.json', name: 's3://bucket/a b/item.json', root: null });
    expect(reached).toEqual(['s3://bucket/a b/item.json']);
  });

  test.each([
    ['red.tif', 's3://bucket/a b/red.tif'],
    ['./x/red%20band.tif', 's3://bucket/a b/x/red band.tif'],
    ['../red.tif', 's3://bucket/red.tif'],
    ['../../../red.tif', 's3://bucket/red.tif'],
    ['/top/red.tif', 's3://bucket/top/red.tif'],
    ['gs://other/red.tif', 'gs://other/red.tif'],
    ['https://a.example/red.tif', 'https://a.example/red.tif'],
  ])('a document in one refers by %s to %s', async (href, target) => {
    const places = placesWith();
    const base = await places.input('s3://bucket/a b/item.json');
    expect((await places.linked(href, base)).href).toBe(target);
  });

  test.each(['file:///etc/passwd', 'ftp://a.example/x', 's3://B/x', '//evil.example/x'])(
    'a document in one can’t refer by %s',
    async (href) => {
      const places = placesWith();
      const base = await places.input('s3://bucket/a/item.json');
      expect((await failureOf(places.linked(href, base))).code).toBe('bad_data');
    },
  );

  test('a document of the web may refer to one', async () => {
    const places = placesWith();
    const base = await places.input('https://a.example/item.json');
    expect((await places.linked('s3://bucket/red.tif', base)).href).toBe('s3://bucket/red.tif');
  });

  test('items of a search say which servers their assets lie on', () => {
    const place = { href: 's3://bucket/items/i.json', name: 'i', root: null };
    const assets = { a: { href: 's3://data/a.tif' }, b: { href: 'https://a.example/b.tif' }, c: { href: 'c.tif' } };
    const input = { kind: 'scenes', items: [{ assets, place }] } as unknown as Parameters<typeof assetHrefs>[0];
    expect(assetHrefs(input, { region: 'us-west-2' })).toEqual([
      'https://data.s3.us-west-2.amazonaws.com/a.tif',
      'https://a.example/b.tif',
    ]);
  });
});

test('the plan says who pays, and what is downloaded', () => {
  const task = (inputs: string, access: string) =>
    requireTask(
      Buffer.from(
        `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: ${inputs}\nanalysis: {type: raster_summary}\noutputs: {}\naccess: ${access}\nsecrets: {AWS_ACCESS_KEY_ID: {secret: a}, AWS_SECRET_ACCESS_KEY: {secret: b}}\n`,
      ),
    ).task;
  const both = '{requester_pays: true, whole_downloads: true}';
  expect(accessNotes(task('{raster: "s3://bucket/a.tif"}', both))).toEqual([
    expect.stringMatching(/charged to the account/) as string,
    expect.stringMatching(/downloaded whole/) as string,
  ]);
  expect(accessNotes(task('{raster: a.tif}', both))).toEqual([]);
  expect(accessNotes(task('{raster: "s3://bucket/a.tif"}', '{}'))).toEqual([]);
});
