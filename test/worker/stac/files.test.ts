import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filePattern, matchesPattern } from '../../../src-shared/task/file-pattern.ts';
import { Places } from '../../../src-worker/run/places.ts';
import { rasterFiles } from '../../../src-worker/run/raster-files.ts';
import { dateInName, scenesOfFiles } from '../../../src-worker/stac/file-scenes.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { checkEnd, metadataOf, runWorker } from '../../helpers/worker-process.ts';
import { sceneFolder, sceneIds } from '../scenes.ts';

const files = (names: readonly string[]) => {
  const folder = tempFolder();
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
  return folder;
};

describe('dates in names', () => {
  it.each([
    ['S2A_20230606', '2023-06-06T00:00:00Z'],
    ['2023-06-06', '2023-06-06T00:00:00Z'],
    ['ndvi_2023_06_06_v2', '2023-06-06T00:00:00Z'],
    ['T13TDE_20230606T175909', '2023-06-06T17:59:09Z'],
    ['MOD13Q1.A2023157.h09v05', '2023-06-06T00:00:00Z'],
    ['LC08_L2SP_034032_20230615_20230622_02_T1', '2023-06-15T00:00:00Z'],
    ['dem_30m', null],
    ['tile_20231345', null],
    ['a_20230231', null],
    ['x2023366', null],
    ['x2024366', '2024-12-31T00:00:00Z'],
  ])('%s', (name, expected) => {
    expect(dateInName(name)).toBe(expected === null ? null : Date.parse(expected));
  });
});

describe('folders and patterns', () => {
  const names = ['b_20230606.tif', 'a_20230616.TIFF', 'sub/c.tif', '.hidden.tif', 'notes.txt', 'x%41.tif'];
  const found = async (name: string, folder = files(names)) => {
    const places = new Places({ taskFolder: folder, granted: null, offline: false });
    return (await rasterFiles(name, places)).map((place) => place.name);
  };

  it('a folder is all GeoTIFFs in it, by name, without hidden ones', async () => {
    expect(await found('.')).toEqual(['a_20230616.TIFF', 'b_20230606.tif', 'x%41.tif']);
    expect(await found('sub/')).toEqual(['sub/c.tif']);
  });

  it('a pattern is what it matches', async () => {
    expect(await found('*.tif')).toEqual(['b_20230606.tif', 'x%41.tif']);
    expect(await found('?_2023*')).toEqual(['a_20230616.TIFF', 'b_20230606.tif']);
    expect(await found('**/*.tif')).toEqual(['b_20230606.tif', 'sub/c.tif', 'x%41.tif']);
    expect(await found('s*/c.tif')).toEqual(['sub/c.tif']);
    expect(filePattern('https://example.org/a*.tif')).toBeNull();
    expect(filePattern('/data/s?/x/*.tif')).toEqual({ folder: '/data', pattern: 's?/x/*.tif' });
    expect(matchesPattern('a+(b).tif')('a+(b).tif')).toBe(true);
  });

  it('says what is missing', async () => {
    const folder = files(['notes.txt']);
    await expect(found('.', folder)).rejects.toThrow(/holds no GeoTIFF/);
    await expect(found('*.tif', folder)).rejects.toThrow(/No file matches \*\.tif/);
    await expect(found('none/', folder)).rejects.toMatchObject({ code: 'not_found' });
    await expect(found('https://example.org/folder/', folder)).rejects.toThrow(/a server does not list/);
    await expect(found('https://me:word@example.org/folder/?sig=hidden', folder)).rejects.toThrow(
      /^https:\/\/example\.org\/folder\/ is the address/,
    );
  });

  it('a link that leads out of the folder is left out', async () => {
    const folder = files(['in/a.tif', 'out.tif']);
    symlinkSync('../out.tif', join(folder, 'in/link.tif'));
    expect(await found('in', folder)).toEqual(['in/a.tif']);
  });

  it('is read only where it was granted', async () => {
    const folder = files(names);
    const granted = [{ name: 's*/c.tif', path: folder }];
    const places = new Places({ taskFolder: '/nowhere', granted, offline: false });
    expect((await rasterFiles('s*/c.tif', places)).map(({ name }) => name)).toEqual(['sub/c.tif']);
    await expect(rasterFiles('*.tif', places)).rejects.toMatchObject({ code: 'denied' });
  });
});

describe('scenes of files', () => {
  const place = (name: string) => ({ href: `/d/${name}`, name, root: '/d' });

  it('are those of one date and name; the last word is the band', () => {
    const { items, undated } = scenesOfFiles(
      ['S2_20230616_red.tif', 'S2_20230606_nir.tif', 'S2_20230606_red_10m.tif', 'all_20230601.tif', 'dem.tif'].map(
        place,
      ),
    );
    expect(items.map(({ id, assets }) => [id, Object.keys(assets).sort()])).toEqual([
      ['all_20230601', ['data']],
      ['S2_20230606', ['nir', 'red']],
      ['S2_20230616', ['red']],
    ]);
    expect(undated.map(({ name }) => name)).toEqual(['dem.tif']);
  });

  it('keep every size of a band; its name alone is the finest', () => {
    const { items, doubled } = scenesOfFiles(
      [
        'T33_20230606_B04_20m.tif',
        'T33_20230606_B04_100m.tif',
        'T33_20230606_B04_10m.tif',
        'T33_20230606_B08_10m.tif',
        'T33_20230606_B8A.tif',
        'T33_20230606_B8A_20m.tif',
        'T33_20230606_B8A_20m.tiff',
      ].map(place),
    );
    expect(items.map(({ assets }) => Object.entries(assets).map(([key, { href }]) => [key, href]))).toEqual([
      [
        ['B04', './T33_20230606_B04_10m.tif'],
        ['B04_10m', './T33_20230606_B04_10m.tif'],
        ['B04_20m', './T33_20230606_B04_20m.tif'],
        ['B04_100m', './T33_20230606_B04_100m.tif'],
        ['B08', './T33_20230606_B08_10m.tif'],
        ['B8A', './T33_20230606_B8A.tif'],
        ['B8A_20m', './T33_20230606_B8A_20m.tif'],
      ],
    ]);
    expect(doubled.map(({ name }) => name)).toEqual(['T33_20230606_B8A_20m.tiff']);
  });

  it('a composite of a folder without STAC is that of its items', { timeout: 60_000 }, async () => {
    const folder = tempFolder();
    for (const id of sceneIds)
      for (const band of ['red', 'nir'])
        cpSync(join(sceneFolder, id, `${band}.tif`), join(folder, `${/\d{8}/.exec(id)?.[0] ?? ''}_${band}.tif`));
    cpSync(join(sceneFolder, sceneIds[0], 'red.tif'), join(folder, 'undated.tif'));
    const task = (inputs: string) => `task_name: files
output_dir: /data/outputs/jobs/files
inputs: ${inputs}
analysis: {type: composite, method: median, index: ndvi}
grid: {crs: "EPSG:32613", resolution: 320, bbox: [469600, 4421760, 487680, 4439360]}
outputs: {make_quicklook: false}
`;
    const items = sceneIds.map((id) => join(sceneFolder, id, 'item.json'));
    const [ofFiles, ofItems] = await Promise.all([
      runWorker(task(`{rasters: ["${folder}"]}`)),
      runWorker(task(`{items: ${JSON.stringify(items)}}`)),
    ]);
    expect(checkEnd(ofFiles, 'succeeded', 0).status.validity).toContain('partial');
    checkEnd(ofItems, 'succeeded', 0);
    const used = (run: typeof ofFiles) =>
      metadataOf<{ items: { datetime: string }[] }>(run).items.map(({ datetime }) => datetime.slice(0, 10));
    expect(used(ofFiles)).toEqual(['2023-06-06', '2023-06-16', '2023-06-26']);
    const statistics = (run: typeof ofFiles) => metadataOf<{ maps: unknown }>(run).maps;
    expect(statistics(ofFiles)).toEqual(statistics(ofItems));
    expect(metadataOf<{ warnings: string[] }>(ofFiles).warnings.join()).toMatch(/undated\.tif was left out/);
  });
});
