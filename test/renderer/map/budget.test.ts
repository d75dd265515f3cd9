import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placementOf } from '../../../src-renderer/map/geo/placement.ts';
import type { RasterPainter } from '../../../src-renderer/map/gl/raster-painter.ts';
import type { TileTexture } from '../../../src-renderer/map/layers/plan-drawing.ts';
import type { Shown } from '../../../src-renderer/map/layers/raster-state.ts';
import { RasterView } from '../../../src-renderer/map/layers/raster-view.ts';
import type { BandSummary } from '../../../src-renderer/map/reader/band-summary.ts';
import { initialStyle } from '../../../src-renderer/map/style/layer-style.ts';
import { TilePlaces } from '../../../src-renderer/map/tiles/choose-tiles.ts';
import { levelsOf } from '../../../src-renderer/map/tiles/tile-grid.ts';
import { TileStore } from '../../../src-renderer/map/tiles/tile-store.ts';
import type { RangeServer } from '../../helpers/range-server.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { askOracle, hasOracle } from '../../worker/raster/support.ts';
import { fitted, never, windowReader } from './support.ts';

const file = resolve(import.meta.dirname, '../../../.cache/test-data/utm-float32-200mb.tif');

describe.skipIf(!hasOracle)('a COG of 200 MB', () => {
  let server: RangeServer;
  beforeAll(async () => {
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) await askOracle([['bigcog', { path: file, size: 7680, crs: 'EPSG:32618' }]]);
    server = await startRangeServer(dirname(file));
  }, 120_000);
  afterAll(() => server.close());

  it('is as large as it should be', () => {
    expect(statSync(file).size).toBeGreaterThan(180e6);
  });

  it.each([
    [1280, 800],
    [744, 772],
    [2560, 1400],
  ])(
    'opens in a map of %i x %i with at most 12 ranges and 4 MB, and never a whole answer',
    async (width, height) => {
      const reader = windowReader();
      const before = server.requests.length;
      const url = `${server.url}/utm-float32-200mb.tif`;
      const { raster, info } = await reader.open({ name: 'big.tif', url, beside: {} }, never);
      const places = new TilePlaces(placementOf(info), levelsOf(info));
      const view = fitted(places.placement.boxOf([0, 0, info.width, info.height]), width, height);
      const summaries: Record<number, BandSummary> = {};
      let shown: Shown | null = null;
      const errors: unknown[] = [];
      const store = new TileStore<TileTexture>(256e6);
      const painter = { upload: () => ({}), gl: { deleteTexture: () => {} } } as unknown as RasterPainter;
      const raw = new RasterView(
        'big.tif',
        { raster, info, places },
        { call: (operation, input, signal) => reader.call(operation, input, signal) },
        store,
        {
          onSummary: (summary) => {
            summaries[summary.band] = summary;
          },
          onShown: (now) => {
            shown = now;
          },
          onError: (error) => errors.push(error),
          repaint: () => {},
        },
      );
      raw.usePainter(painter);
      // What the map does: it asks again at every repaint until nothing is on its way.
      for (let round = 0; round < 500; round += 1) {
        raw.update(view, initialStyle(info), summaries);
        if (summaries[1] !== undefined && (shown as Shown | null)?.waiting === 0) break;
        await sleep(20);
      }
      const made = server.requests.slice(before);
      const bytes = made.reduce((sum, request) => sum + request.bytes, 0);
      const { level } = shown!;
      const pixel =
        view.worldSize *
        (places.placement.forward(1, 0)[0] - places.placement.forward(0, 0)[0]) *
        (info.width / places.levels[level]!.width);
      console.log(
        `${width} x ${height}: ${made.length} requests, ${(bytes / 1e6).toFixed(2)} MB, level ${level}, ${pixel.toFixed(2)} px a pixel`,
      );
      expect(errors).toEqual([]);
      expect(shown!.waiting).toBe(0);
      expect(made.every(({ range }) => /^bytes=\d+-\d+$/.test(range ?? ''))).toBe(true);
      expect(made.length).toBeLessThanOrEqual(12);
      expect(bytes).toBeLessThanOrEqual(4e6);
      expect(reader.traffic).toEqual({ requests: made.length, bytes });
      // Sharp enough: a pixel of the level takes at most three of the screen, however large the map is.
      expect(pixel).toBeLessThan(3);
    },
    60_000,
  );
});
