import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { decode } from 'fast-png';
import type { View } from '../../src-renderer/map/geo/view.ts';
import { askOracle, hasOracle } from '../worker/raster/support.ts';
import { expect, test } from './fixtures.ts';
import { goTo } from './places.ts';
import { runExample } from './runs.ts';

/** Half the length of the web map's square, metres (EPSG:3857). */
const half = Math.PI * 6_378_137;
const low = [68, 1, 84];
const high = [253, 231, 37];

interface Case {
  readonly name: string;
  readonly crs: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
}

const cases: Case[] = [
  { name: 'utm', crs: 'EPSG:32633', transform: [30, 0, 380_000, 0, -30, 5_300_000], width: 420, height: 360 },
  { name: 'polar', crs: 'EPSG:3413', transform: [6000, 0, -900_000, 0, -6000, -300_000], width: 300, height: 340 },
  {
    name: 'antarctic',
    crs: 'EPSG:3031',
    transform: [9000, 0, -2_000_000, 0, -9000, 2_300_000],
    width: 400,
    height: 380,
  },
  { name: 'mercator', crs: 'EPSG:3857', transform: [40, 0, 1_100_000, 0, -40, 8_400_000], width: 380, height: 300 },
];
const square = 30;

test.skip(!hasOracle, 'rasterio is absent (.cache/venv)');

/** Puts files into a finished run and opens its map with one of them. */
async function openMap(window: Page, jobId: string, file: string): Promise<void> {
  await goTo(window, `/review/${jobId}/map`);
  const show = window.getByRole('checkbox', { name: `Show maps/${file}` });
  await expect(show).toBeAttached({ timeout: 20_000 });
  for (const box of await window.getByRole('checkbox', { name: /^Show / }).all()) {
    const isWanted = (await box.getAttribute('aria-label')) === `Show maps/${file}`;
    if ((await box.isEnabled()) && (await box.isChecked()) !== isWanted) await box.click({ force: true });
  }
  await window.getByRole('button', { name: `Zoom to ${file}` }).click();
  await settled(window);
}

/** Waits until no tile is on its way and the map no longer moves. */
async function settled(window: Page): Promise<void> {
  let before = '';
  await expect
    .poll(
      async () => {
        const now = `${(await window.getByRole('application').getAttribute('data-view')) ?? ''} ${await window.getByText(/ in \d+ requests?/).innerText()}`;
        const isStill = now === before && !now.includes('on the way');
        before = now;
        return isStill;
      },
      { intervals: [400], timeout: 20_000 },
    )
    .toBe(true);
}

async function viewOf(window: Page): Promise<View> {
  return JSON.parse((await window.getByRole('application').getAttribute('data-view')) ?? 'null') as View;
}

test('rasters are drawn where gdalwarp puts them, within one screen pixel, and the values read are rasterio’s', async ({
  window,
  api,
  dataRoot,
  scratch,
}) => {
  test.setTimeout(300_000);
  const job = await runExample(api);
  const folder = join(dataRoot, 'outputs/jobs', job.id, 'maps');
  mkdirSync(folder, { recursive: true });
  const pathOf = (name: string): string => join(folder, `${name}.tif`);
  await askOracle(cases.map((one) => ['patches', { ...one, path: pathOf(one.name), square }]));
  for (const { name, crs, transform } of cases)
    await test.step(`${name} (${crs})`, async () => {
      await openMap(window, job.id, `${name}.tif`);
      const view = await viewOf(window);
      const exact = await warped(pathOf(name), view, join(scratch, `${name}.raw`));
      const expected = Array.from(exact, (value): Seen =>
        Number.isNaN(value) ? 'none' : value < 150 ? 'low' : 'high',
      );
      const drawn = await drawnPatches(window, view);
      const { wrong, missing, wanted } = compared(drawn, expected, Math.round(view.width));
      console.log(`${name}: of ${wanted} pixels, ${wrong} further off than one pixel, ${missing} covered`);
      expect(wanted).toBeGreaterThan(20_000);
      expect(wrong).toBe(0);
      // Borders, names and the graticule's labels lie over rasters.
      expect(missing / wanted).toBeLessThan(0.03);

      const inside = expected.flatMap((what, i) => (what === 'none' ? [] : [i]));
      const clicks = Array.from({ length: 20 }, (_, i) => inside[Math.floor(((i + 0.5) / 20) * inside.length)]!);
      const places = clicks.map((i) => ({
        left: i % Math.round(view.width),
        top: Math.floor(i / Math.round(view.width)),
      }));
      const read: Reading[] = [];
      for (const place of places) read.push(await readAt(window, place.left, place.top));
      const points = places.map(({ left, top }) => {
        const { west, north, metres } = metresOf(view);
        return [west + left * metres, north - top * metres];
      });
      const [truth, ground] = (await askOracle<unknown>([
        ['pixels', { path: pathOf(name), pixels: read.map(({ column, row }) => [column, row]) }],
        ['points', { from: 'EPSG:3857', to: crs, points }],
      ])) as [[string, boolean][][], [number, number][]];
      expect(read.map(({ stored, level }) => [Number(stored), level])).toEqual(
        truth.map(([band]) => [Number(band![0]), '0']),
      );
      // The pixel is the one that PROJ finds at the place that was clicked.
      const [a = 1, , c = 0, , e = 1, f = 0] = transform;
      for (const [i, { column, row }] of read.entries()) {
        const [x, y] = ground[i]!;
        // A click on the very edge of two pixels may be given to either.
        for (const [found, exactly] of [
          [column, (x - c) / a],
          [row, (y - f) / e],
        ] as const) {
          expect(found).toBeLessThanOrEqual(exactly + 1e-6);
          expect(found + 1).toBeGreaterThanOrEqual(exactly - 1e-6);
        }
      }
    });
});

type Seen = 'low' | 'high' | 'none';

interface Reading {
  readonly column: number;
  readonly row: number;
  readonly stored: string;
  readonly level: string;
}

/** The north-west corner of a view and its pixel in EPSG:3857, metres. */
function metresOf(view: View): { west: number; north: number; metres: number } {
  const metres = (2 * half) / view.worldSize;
  return {
    metres,
    west: (view.x - 0.5) * 2 * half - (view.width / 2) * metres,
    north: (0.5 - view.y) * 2 * half + (view.height / 2) * metres,
  };
}

/** What GDAL warps to the view's own pixels: stored values, NaN where there is none. */
async function warped(path: string, view: View, raw: string): Promise<Float64Array> {
  const { west, north, metres } = metresOf(view);
  const [width, height] = [Math.round(view.width), Math.round(view.height)];
  const transform = [metres, 0, west, 0, -metres, north];
  await askOracle([['warp', { path, raw, crs: 'EPSG:3857', transform, width, height }]]);
  const bytes = readFileSync(raw);
  return new Float64Array(bytes.buffer, bytes.byteOffset, width * height);
}

/** The map's picture, each pixel by the colour that its patch has. */
async function drawnPatches(window: Page, view: View): Promise<Seen[]> {
  const box = await window.getByRole('application').boundingBox();
  // What lies over the map would hide pixels.
  const hide = (visibility: string): Promise<void> =>
    window.evaluate((to) => {
      const keys = document.querySelector('[role="application"]');
      for (const sibling of keys?.parentElement?.children ?? [])
        if (sibling !== keys && sibling.querySelector('canvas') === null)
          (sibling as HTMLElement).style.visibility = to;
    }, visibility);
  await hide('hidden');
  const picture = decode(await window.screenshot({ clip: box!, scale: 'css' }));
  await hide('');
  const [columns, rows] = [Math.round(view.width), Math.round(view.height)];
  const scale = picture.width / columns;
  return Array.from({ length: columns * rows }, (_, i): Seen => {
    const [x, y] = [Math.floor(((i % columns) + 0.5) * scale), Math.floor((Math.floor(i / columns) + 0.5) * scale)];
    const at = (y * picture.width + x) * picture.channels;
    const is = (colour: number[]): boolean =>
      colour.every((value, channel) => Math.abs(value - Number(picture.data[at + channel])) <= 14);
    return is(low) ? 'low' : is(high) ? 'high' : 'none';
  });
}

/** `wrong`: pixels drawn in a colour that no expected pixel within one pixel has. `missing`: the other way round. */
function compared(
  drawn: readonly Seen[],
  expected: readonly Seen[],
  columns: number,
): { wrong: number; missing: number; wanted: number } {
  const isNear = (what: Seen, i: number, list: readonly Seen[]): boolean =>
    [-columns, 0, columns].some((down) => [-1, 0, 1].some((right) => list[i + down + right] === what));
  const count = (from: readonly Seen[], to: readonly Seen[]): number =>
    from.filter((what, i) => what !== 'none' && !isNear(what, i, to)).length;
  return {
    wrong: count(drawn, expected),
    missing: count(expected, drawn),
    wanted: expected.filter((what) => what !== 'none').length,
  };
}

/** Clicks on the map and reads what the inspector says. */
async function readAt(window: Page, left: number, top: number): Promise<Reading> {
  const values = window.getByRole('region', { name: 'Pixel values' });
  await window.evaluate(
    ([x, y]) => {
      const buttons = [...document.querySelectorAll<HTMLElement>('section[aria-label="Pixel values"] header button')];
      buttons[0]?.click();
      const canvas = document.querySelector('canvas.maplibregl-canvas')!;
      const corner = canvas.getBoundingClientRect();
      const at = { bubbles: true, clientX: corner.left + x!, clientY: corner.top + y!, button: 0 };
      for (const type of ['mousedown', 'mouseup', 'click']) canvas.dispatchEvent(new MouseEvent(type, at));
    },
    [left, top],
  );
  const pin = values.locator('li').first();
  const cell = pin.locator('td[data-level="0"]').first();
  await expect(cell).toBeAttached();
  const place = /row (\d+), column (\d+)/.exec((await pin.innerText()).replace(/\s+/g, ' '));
  return {
    column: Number(place?.[2]),
    row: Number(place?.[1]),
    stored: (await cell.getAttribute('data-stored')) ?? '',
    level: (await cell.getAttribute('data-level')) ?? '',
  };
}

test('a COG of 200 MB opens with few range requests', async ({ window, api, dataRoot }) => {
  test.setTimeout(180_000);
  const big = resolve(import.meta.dirname, '../../.cache/test-data/utm-float32-200mb.tif');
  mkdirSync(dirname(big), { recursive: true });
  if (!existsSync(big)) await askOracle([['bigcog', { path: big, size: 7680, crs: 'EPSG:32618' }]]);
  const job = await runExample(api);
  const path = join(dataRoot, 'outputs/jobs', job.id, 'maps/a-big.tif');
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(big, path);
  const answers: { status: number; range: string | null }[] = [];
  window.context().on('response', (response) => {
    if (response.url().endsWith('a-big.tif'))
      answers.push({ status: response.status(), range: response.request().headers()['range'] ?? null });
  });
  await goTo(window, `/review/${job.id}/map`);
  await expect(window.getByRole('checkbox', { name: 'Show maps/a-big.tif' })).toBeChecked({ timeout: 20_000 });
  await settled(window);
  await expect(window.getByText(/^(full resolution|overview \d)/)).toBeVisible();
  const text = await window.getByText(/ in \d+ requests?/).innerText();
  const [, amount, unit, requests] = /([\d.]+) (kB|MB) in (\d+) request/.exec(text) ?? [];
  console.log(`200 MB COG: ${text}; ${answers.map(({ status }) => status).join(' ')}`);
  expect(Number(requests)).toBeLessThanOrEqual(12);
  expect(unit === 'kB' || Number(amount) <= 4).toBe(true);
  expect(answers.every(({ status, range }) => status === 206 && range !== null)).toBe(true);
});
