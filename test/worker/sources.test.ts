import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StacItem, StacServerOptions } from '../helpers/stac-server.ts';
import { startStacServer } from '../helpers/stac-server.ts';
import { checkEnd, metadataOf, readJson, runWorker, writeFiles } from '../helpers/worker-process.ts';
import { copyScenes, ndviTask, ofApi, ofItems, sceneFolder, sceneIds, truncate } from './scenes.ts';

interface ItemsMetadata {
  readonly items: readonly { readonly id: string }[];
  readonly warnings: readonly string[];
}

async function api(folder: string, options: StacServerOptions = {}) {
  const server = await startStacServer(folder, options);
  onTestFinished(() => server.close());
  return server;
}

/** Puts a fault of the range server before the path of one asset, of one item or of all. */
function spoilt(fault: string, only?: string): Pick<StacServerOptions, 'change'> {
  return {
    change: (item: StacItem) => {
      const red = item.assets['red'];
      if (red !== undefined && (only === undefined || item.id === only))
        red.href = red.href.replace(/^(http:\/\/[^/]+)\//, `$1/${fault}/`);
      return item;
    },
  };
}

describe('sources that fail', () => {
  it('an API that can’t be reached', async () => {
    const run = await runWorker(ndviTask(ofApi('http://127.0.0.1:9')));
    const { status } = checkEnd(run, 'failed', 69);
    expect(status.error).toMatchObject({
      code: 'source_unavailable',
      retryable: true,
      details: { host: '127.0.0.1:9' },
    });
    expect(status.error?.remedy).toContain('--offline');
  });

  it('a search that matches nothing is empty, not a result', async () => {
    const server = await api(copyScenes(2).folder);
    const run = await runWorker(ndviTask(ofApi(server.url, 'datetime: "1999-01-01/1999-12-31"')));
    const { status } = checkEnd(run, 'succeeded', 3);
    expect(status.validity).toEqual(['empty']);
    expect(readFileSync(join(run.out, 'report.md'), 'utf8')).toMatch(/No item matches/);
  });

  it.each([
    ['missing', 'not_found', 65, /HTTP 404/],
    ['no-range', 'bad_data', 65, /does not support Range/],
    ['forbidden', 'denied', 77, /HTTP 403/],
  ])('assets behind "%s" fail the run when they are all there is', async (fault, code, exit, message) => {
    const server = await api(copyScenes(2).folder, spoilt(fault));
    const run = await runWorker(ndviTask(ofApi(server.url)));
    const { status } = checkEnd({ ...run }, 'failed', exit);
    expect(status.error?.code).toBe(code);
    expect(status.error?.message).toMatch(message);
    expect(status.error?.message).toContain('red.tif');
  });

  it('one missing asset of three scenes makes the result partial', async () => {
    const server = await api(copyScenes(3).folder, spoilt('missing', sceneIds[1]));
    const run = await runWorker(ndviTask(ofApi(server.url)));
    const { status } = checkEnd(run, 'succeeded', 0);
    expect(status.validity).toEqual(['partial', 'synthetic']);
    const { items, warnings } = metadataOf<ItemsMetadata>(run);
    expect(items.map(({ id }) => id)).toEqual([sceneIds[0], sceneIds[2]]);
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`${sceneIds[1]} was left out: .*HTTP 404`)) as string]);
    expect(readFileSync(join(run.out, 'report.md'), 'utf8')).toContain('HTTP 404');
  });

  it('a truncated COG is bad data that is named', async () => {
    const { folder, items } = copyScenes(1);
    truncate(join(folder, sceneIds[0], 'nir.tif'), 0.6);
    const { status } = checkEnd(await runWorker(ndviTask(ofItems(items))), 'failed', 65);
    expect(status.error?.code).toBe('bad_data');
    expect(status.error?.message).toContain('nir.tif');
  });

  it('a scene that breaks on the way leaves the whole composite', async () => {
    const { folder, items } = copyScenes(3);
    // The header is whole; the pixels of one tile are not.
    const path = join(folder, sceneIds[1], 'red.tif');
    const bytes = readFileSync(path);
    bytes.fill(0x55, bytes.length - 6_000, bytes.length - 200);
    writeFileSync(path, bytes);
    const task = (list: readonly string[]) => `task_name: c
output_dir: /data/outputs/jobs/c
inputs: ${ofItems(list)}
analysis: {type: composite, method: mean, bands: [red]}
grid: {crs: "EPSG:32613", resolution: 80, bbox: [469600, 4421760, 487680, 4439360]}
outputs: {make_quicklook: false}
`;
    const broken = await runWorker(task(items));
    expect(checkEnd(broken, 'succeeded', 0).status.validity).toContain('partial');
    const without = await runWorker(task([items[0] ?? '', items[2] ?? '']));
    checkEnd(without, 'succeeded', 0);
    expect(readFileSync(join(broken.out, 'maps/mean_bands.tif'))).toEqual(
      readFileSync(join(without.out, 'maps/mean_bands.tif')),
    );
  });

  it('keeps credentials of addresses out of everything it writes', async () => {
    const server = await api(copyScenes(2).folder, {
      change: (item) => {
        for (const asset of Object.values(item.assets))
          asset.href = `${asset.href.replace('http://', 'http://user:hunter2@').replace('.tif', '.tiff')}?sig=SIGNATURE99&token=TOKEN99`;
        return item;
      },
    });
    const run = await runWorker(ndviTask(ofApi(server.url)));
    expect(run.code).not.toBe(0);
    const written = readdirSync(run.out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = [
      ...written.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
      run.stderr,
      run.stdout,
    ];
    for (const text of texts) expect(text).not.toMatch(/hunter2|SIGNATURE99|TOKEN99/);
    expect(readFileSync(join(run.out, 'report.md'), 'utf8')).toMatch(/holds a user name or password/);
  });
});

describe('searches', () => {
  const order = [...sceneIds];

  it('pages by POST, in order of time, and says when more matched', async () => {
    const server = await api(sceneFolder, { pageSize: 2 });
    const run = await runWorker(ndviTask(ofApi(server.url, 'max_items: 3')));
    const { logs } = checkEnd(run, 'succeeded', 0);
    expect(metadataOf<ItemsMetadata>(run).items.map(({ id }) => id)).toEqual(order);
    expect(logs).toContain('3 items are used, ordered by datetime and id; 8 matched');
    expect(server.searches[0]).toMatchObject({
      collections: ['sentinel-2-l2a'],
      sortby: [
        { field: 'properties.datetime', direction: 'asc' },
        { field: 'id', direction: 'asc' },
      ],
    });
    expect(server.searches).toHaveLength(2);
  });

  it('falls back to GET, and fetches all pages when the API can’t sort', async () => {
    const server = await api(sceneFolder, {
      pageSize: 3,
      method: 'get',
      conformance: ['https://api.stacspec.org/v1.0.0/item-search'],
    });
    const run = await runWorker(ndviTask(ofApi(server.url, 'max_items: 2')));
    checkEnd(run, 'succeeded', 0);
    expect(metadataOf<ItemsMetadata>(run).items.map(({ id }) => id)).toEqual(order.slice(0, 2));
    expect(server.searches.length).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['loop', /a second time/, 3],
    ['endless', /3 pages in a row without a new item/, 4],
    ['short', /says that 2 items match but gave only 1/, 1],
  ] as const)('leaves a search whose pages are cut (%s), and calls it partial', async (fault, words, most) => {
    const server = await api(copyScenes(2).folder, { fault });
    const run = await runWorker(ndviTask(ofApi(server.url)));
    expect(checkEnd(run, 'succeeded', 0).status.validity).toEqual(['partial', 'synthetic']);
    expect(metadataOf<ItemsMetadata>(run).warnings.join()).toMatch(words);
    expect(server.searches.length).toBeLessThanOrEqual(most);
  });

  it('drops what lies outside the asked time, whatever the API answers', async () => {
    const server = await api(copyScenes(3).folder, { fault: 'stray' });
    const run = await runWorker(ndviTask(ofApi(server.url, 'datetime: "2023-06-10/2023-06-20"')));
    checkEnd(run, 'succeeded', 0);
    const { items, warnings } = metadataOf<ItemsMetadata>(run);
    expect(items.map(({ id }) => id)).toEqual([sceneIds[1]]);
    expect(warnings.join()).toMatch(/2 items .* lie outside/);
  });

  it('tests a filter here when an API can’t, and says so; one that nobody can evaluate is refused', async () => {
    const server = await api(copyScenes(3).folder, { conformance: [] });
    const filter = 'filter: {op: "like", args: [{property: "id"}, "%S2A%"]}';
    const run = await runWorker(ndviTask(ofApi(server.url, filter)));
    const { logs } = checkEnd(run, 'succeeded', 0);
    expect(metadataOf<ItemsMetadata>(run).items.map(({ id }) => id)).toEqual([sceneIds[0], sceneIds[2]]);
    expect(logs).toContain('does not evaluate inputs.filter: it was tested here');
    expect(server.searches[0]).not.toHaveProperty('filter');
    const spatial = 'filter: {op: s_intersects, args: [{property: geometry}, {type: Point, coordinates: [0, 0]}]}';
    const { status } = checkEnd(await runWorker(ndviTask(ofApi(server.url, spatial))), 'failed', 64);
    expect(status.error?.message).toMatch(/"s_intersects" can't be evaluated/);
  });

  it('walks a static catalogue with a cycle, and filters it itself', async () => {
    const { folder } = copyScenes(3);
    const links = sceneIds.map((id) => ({ rel: 'item', href: `./${id}/item.json` }));
    writeFileSync(
      join(folder, 'collection.json'),
      JSON.stringify({
        type: 'Collection',
        stac_version: '1.0.0',
        id: 'sentinel-2-l2a',
        links: [...links, { rel: 'child', href: './catalog.json' }],
      }),
    );
    writeFileSync(
      join(folder, 'catalog.json'),
      JSON.stringify({
        type: 'Catalog',
        stac_version: '1.0.0',
        id: 'c',
        links: [
          { rel: 'child', href: './collection.json' },
          { rel: 'self', href: './catalog.json' },
        ],
      }),
    );
    const filter =
      'filter: {op: and, args: [{op: "<", args: [{property: "eo:cloud_cover"}, 10]}, {op: like, args: [{property: id}, "%S2A%"]}]}';
    const run = await runWorker(ndviTask(ofApi(join(folder, 'catalog.json'), filter)));
    checkEnd(run, 'succeeded', 0);
    expect(metadataOf<ItemsMetadata>(run).items.map(({ id }) => id)).toEqual([sceneIds[0], sceneIds[2]]);
  });
});

describe('hostile catalogues', () => {
  it('ids can’t leave the folder or forge a report', async () => {
    const { folder, items } = copyScenes(2);
    const evil = ['../../../evil<script>alert(1)</script>', 'CON'];
    for (const [index, item] of items.entries())
      writeFileSync(item, JSON.stringify({ ...readJson<object>(item), id: evil[index] }));
    const run = await runWorker(ndviTask(ofItems(items)));
    const { result } = checkEnd(run, 'succeeded', 0);
    for (const { path } of result.outputs) expect(path).toMatch(/^[A-Za-z0-9._/-]+$/);
    expect(result.outputs.filter(({ path }) => path.startsWith('maps/'))).toHaveLength(2);
    expect(existsSync(join(folder, 'evil'))).toBe(false);
    expect(readFileSync(join(run.out, 'report.html'), 'utf8')).not.toContain('<script>');
  });

  it.each([
    ['a path above', '../outside.tif'],
    ['an absolute path', '/etc/hostname'],
    ['a file address', 'file:///etc/hostname'],
    ['a link', 'link.tif'],
  ])('an asset can’t reach a file outside its item’s folder: %s', async (_, href) => {
    const { folder, items } = copyScenes(1);
    const [item = ''] = items;
    writeFileSync(join(folder, 'outside.tif'), readFileSync(join(folder, sceneIds[0], 'red.tif')));
    symlinkSync('../outside.tif', join(folder, sceneIds[0], 'link.tif'));
    const document = readJson<StacItem>(item);
    writeFileSync(item, JSON.stringify({ ...document, assets: { ...document.assets, red: { href } } }));
    const { status } = checkEnd(await runWorker(ndviTask(ofItems([item]))), 'failed', 77);
    expect(status.error?.message).toMatch(/outside its own folder/);
  });

  it('an item of the web can’t name local files', async () => {
    const server = await api(copyScenes(1).folder, {
      change: (item) => {
        Object.assign(item.assets, { red: { href: 'file:///etc/hostname' } });
        return item;
      },
    });
    const { status } = checkEnd(await runWorker(ndviTask(ofApi(server.url))), 'failed', 65);
    expect(status.error?.message).toMatch(/can't be read yet \(file:/);
  });

  it('names the scheme of an address that can’t be read', async () => {
    const { items } = copyScenes(1);
    const [item = ''] = items;
    const document = readJson<StacItem>(item);
    writeFileSync(
      item,
      JSON.stringify({ ...document, assets: { ...document.assets, red: { href: 'ftp://bucket/red.tif' } } }),
    );
    const { status } = checkEnd(await runWorker(ndviTask(ofItems([item]))), 'failed', 65);
    expect(status.error?.message).toMatch(/can't be read yet \(ftp:/);
  });
});

describe('granted inputs', () => {
  it('are read by name, and only they', async () => {
    const { folder, items } = copyScenes(2);
    const [first = '', second = ''] = items;
    const elsewhere = writeFiles({
      'inputs.json': JSON.stringify({ v: 1, files: [{ name: 'scene/item.json', path: first }] }),
    });
    const granted = await runWorker(ndviTask(ofItems(['scene/item.json'])), {
      args: ['--inputs', join(elsewhere, 'inputs.json')],
    });
    checkEnd(granted, 'succeeded', 0);
    for (const name of ['metadata.json', 'report.md', 'item.json', 'logs.txt'])
      expect(readFileSync(join(granted.out, name), 'utf8')).not.toContain(folder);
    expect(JSON.stringify(metadataOf(granted))).toContain('"href":"scene/red.tif"');
    const refused = await runWorker(ndviTask(ofItems([second])), {
      args: ['--inputs', join(elsewhere, 'inputs.json')],
    });
    expect(checkEnd(refused, 'failed', 77).status.error?.remedy).toContain('--grant');
  });

  it('relative names are relative to the task file', async () => {
    const { folder } = copyScenes(1);
    const task = join(folder, 'task.yaml');
    writeFileSync(task, ndviTask(ofItems([`${sceneIds[0]}/item.json`])));
    checkEnd(await runWorker(task), 'succeeded', 0);
    rmSync(task);
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub/task.yaml'), ndviTask(ofItems(['nothing.json'])));
    const { status } = checkEnd(await runWorker(join(folder, 'sub/task.yaml')), 'failed', 65);
    expect(status.error?.message).toBe('There is no file nothing.json.');
  });
});
