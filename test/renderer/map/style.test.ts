import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shortNumber, tickTexts } from '../../../src-renderer/map/inspect/reading.ts';
import { colouringOf } from '../../../src-renderer/map/layers/colouring.ts';
import { percentile, distribution } from '../../../src-renderer/map/reader/band-summary.ts';
import { initialStyle, looksOf } from '../../../src-renderer/map/style/layer-style.ts';
import { rampNames, rampTable } from '../../../src-renderer/map/style/ramps.ts';
import { rampNames as figureRamps, rampTable as figureTable } from '../../../src-worker/render/ramps.ts';
import type { RangeServer } from '../../helpers/range-server.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { askOracle, hasOracle, hasSharedData, sharedData } from '../../worker/raster/support.ts';
import { never, windowReader } from './support.ts';

describe('colour ramps', () => {
  it.each(rampNames.filter((name) => figureRamps.some((one) => one === name)))('%s is that of the figures', (name) => {
    const [here, there] = [rampTable(name), figureTable(figureRamps.find((one) => one === name)!)];
    for (let i = 0; i < 256; i += 1)
      for (let channel = 0; channel < 3; channel += 1)
        // Stops are five apart; between them colours are interpolated in a straight line.
        expect(Math.abs(here[i * 4 + channel]! - there[i * 3 + channel]!)).toBeLessThanOrEqual(2);
  });

  it('turn around', () => {
    const [forward, back] = [rampTable('viridis'), rampTable('viridis', true)];
    expect([...back.subarray(0, 4)]).toEqual([...forward.subarray(1020, 1024)]);
  });
});

describe('numbers of a legend', () => {
  it('have the decimals that tell them apart', () => {
    expect(tickTexts([1000.017, 1000.5465, 1001.076])).toEqual(['1000.0', '1000.5', '1001.1']);
    expect(tickTexts([484, 918, 1352])).toEqual(['484', '918', '1352']);
    expect(tickTexts([-0.2, 0.3, 0.8])).toEqual(['-0.20', '0.30', '0.80']);
    expect(tickTexts([5, 5, 5])).toEqual(['5', '5', '5']);
  });

  it('of a physical value keep what scale and offset give', () => {
    expect(shortNumber(654 * 0.0001 + 1000)).toBe('1000.0654');
  });
});

describe('percentiles', () => {
  it('interpolate between ranks', () => {
    expect(percentile([0, 10, 20, 30], 50)).toBe(15);
    expect(percentile([7], 98)).toBe(7);
    expect(percentile([], 2)).toBeNaN();
  });

  it('of equal values have a histogram of one bin', () => {
    const { histogram, count } = distribution(Float64Array.from([3, 3, 3]));
    expect([histogram[0], count]).toEqual([3, 3]);
  });
});

describe.skipIf(!hasSharedData || !hasOracle)('summaries equal numpy over rasterio', () => {
  let server: RangeServer;
  beforeAll(async () => {
    server = await startRangeServer(join(sharedData, 'rasters'));
  });
  afterAll(() => server.close());

  it.each(['cog_nodata.tif', 'cog_nodata_nan.tif', 'cog_scale.tif', 'bremen_sea_ice_conc_2022_9_9.tif'])(
    '%s',
    async (name) => {
      const reader = windowReader();
      const { raster, info } = await reader.open({ name, url: `${server.url}/${name}`, beside: {} }, never);
      const level = info.overviews.length;
      const found = await reader.summary({ raster, band: 1, level: null }, never);
      const [expected] = await askOracle<number[]>([
        ['distribution', { path: join(sharedData, 'rasters', name), band: 1, level }],
      ]);
      const [count, min, max, low, high] = expected!;
      expect(found).toMatchObject({ count, min, max });
      expect(found.low).toBeCloseTo(low!, 9);
      expect(found.high).toBeCloseTo(high!, 9);
      expect(found.histogram.reduce((sum, one) => sum + one, 0)).toBe(count);
    },
  );

  it('a palette file begins with its palette, a band with its percentiles', async () => {
    const reader = windowReader();
    const palette = await reader.open({ name: 'p', url: `${server.url}/cog_cmap.tif`, beside: {} }, never);
    expect(looksOf(palette.info)).toEqual([{ kind: 'palette' }, { kind: 'band', band: 1 }]);
    const { raster, info } = await reader.open({ name: 'n', url: `${server.url}/cog_nodata.tif`, beside: {} }, never);
    const style = initialStyle(info);
    expect(colouringOf(style, {}, info)).toBeNull();
    const summary = await reader.summary({ raster, band: 1, level: null }, never);
    const colouring = colouringOf(style, { 1: summary }, info)!;
    expect([colouring.kind, colouring.low[0], colouring.high[0]]).toEqual(['ramp', summary.low, summary.high]);
  });
});
