import { decode } from 'fast-png';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barChart,
  histogram,
  histogramChart,
  renderChart,
  timeSeriesChart,
  type ChartSpec,
} from '../../../src-worker/render/charts.ts';
import { hostileTexts } from './hostile.ts';

const valid = (length: number): Uint8Array => new Uint8Array(length).fill(1);

describe('histogram', () => {
  it('puts every value between its edges, the largest into the last bin', () => {
    expect(histogram([0, 0.5, 1, 1.5, 2, 3, 4], valid(7), { bins: 4 })).toEqual({
      edges: [0, 1, 2, 3, 4],
      counts: [2, 2, 1, 2],
      count: 7,
      below: 0,
      above: 0,
    });
  });

  it('leaves out invalid and not finite values and counts those outside the range', () => {
    const data = [-1, 0, 1, NaN, Infinity, 5, 0.5];
    const mask = Uint8Array.from([1, 1, 1, 1, 1, 1, 0]);
    expect(histogram(data, mask, { bins: 2, range: [0, 1] })).toMatchObject({
      counts: [1, 1],
      count: 4,
      below: 1,
      above: 1,
    });
  });

  it('gives the counts that the edges define, for any data', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 30 }), (data, bins) => {
        const { edges, counts, count } = histogram(data, valid(data.length), { bins });
        const last = bins - 1;
        const expected = counts.map((_, bin) => {
          const [low, high] = [edges[bin] ?? NaN, edges[bin + 1] ?? NaN];
          return data.filter((value) => value >= low && (bin === last ? value <= high : value < high)).length;
        });
        expect(counts).toEqual(expected);
        expect(counts.reduce((sum, one) => sum + one, 0)).toBe(count);
      }),
    );
  });

  it('is empty without a valid value, and has one full bin for a constant', () => {
    expect(histogram([1, 2], new Uint8Array(2), { bins: 3 }).edges).toEqual([]);
    expect(histogram([7, 7], valid(2), { bins: 1 })).toMatchObject({ edges: [6.5, 7.5], counts: [2] });
  });
});

const point = (
  day: number,
  value: number | null,
): { datetime: string; value: number | null; low: number | null; high: number | null } => ({
  datetime: `2024-05-0${day}T10:00:00Z`,
  value,
  low: value === null ? null : value - 0.1,
  high: value === null ? null : value + 0.1,
});

const specs = {
  histogram: histogramChart({
    title: 'Distribution',
    histogram: histogram([1, 2, 2, 3, 3, 3], valid(6), { bins: 3 }),
    x: { label: 'surface temperature', unit: 'K' },
    lines: [{ value: 2, label: 'mean 2' }],
  }),
  series: timeSeriesChart({
    title: 'NDVI over time',
    y: { label: 'NDVI' },
    band: 'minimum to maximum',
    series: [{ name: 'NDVI', points: [point(3, 0.4), point(1, 0.2), point(2, null), point(4, 0.3)] }],
  }),
  bars: barChart({
    title: 'Valid',
    bars: [
      { label: 'a', value: 3 },
      { label: 'a', value: -1 },
      { label: 'b', value: null },
    ],
    value: { label: 'valid', unit: '%' },
  }),
};

describe('renderChart', () => {
  it.each(Object.entries(specs))('draws %s to the same bytes each time, also when drawn at once', async (_, spec) => {
    const first = await renderChart(spec);
    const [second, , third] = await Promise.all([renderChart(spec), renderChart(specs.series), renderChart(spec)]);
    expect(second.svg).toBe(first.svg);
    expect(third.svg).toBe(first.svg);
    expect(Buffer.from(third.png).equals(first.png)).toBe(true);
    const { width, height } = decode(first.png);
    expect(width).toBe(2 * (640 + 48));
    expect(height).toBeGreaterThan(200);
  });

  it('prints axis titles with units', async () => {
    expect((await renderChart(specs.histogram)).svg).toContain('surface temperature [K]');
    expect((await renderChart(specs.series)).svg).toContain('date in 2024 (UTC)');
    expect((await renderChart(specs.bars)).svg).toContain('valid [%]');
  });

  it('prints the mark over the whole width', async () => {
    const mark = 'SYNTHETIC FIXTURE DATA - NOT A MEASUREMENT';
    const marked = await renderChart(specs.bars, { mark });
    const bare = await renderChart(specs.bars);
    expect(marked.svg).toContain(mark);
    const { data, width, channels } = decode(marked.png);
    expect([...data.subarray(channels * (12 * width + 120), channels * (12 * width + 120) + 3)]).toEqual([
      255, 201, 60,
    ]);
    expect(decode(bare.png).height).toBeLessThan(decode(marked.png).height);
  });

  it('says so when there is nothing to draw', async () => {
    const none = histogram([NaN], valid(1), { bins: 4 });
    const empty = [
      histogramChart({ title: 'T', histogram: none, x: { label: 'NDVI' } }),
      timeSeriesChart({ title: 'T', y: { label: 'NDVI' }, series: [{ name: 'n', points: [point(1, null)] }] }),
      timeSeriesChart({ title: 'T', y: { label: 'NDVI' }, series: [] }),
    ];
    for (const spec of empty) expect((await renderChart(spec)).svg).toMatch(/No valid pixels/);
    expect((await renderChart(barChart({ title: 'T', bars: [], value: { label: 'v' } }))).svg).toContain(
      'Nothing to show',
    );
  });

  it('draws constant data and one point', async () => {
    const constant = histogram([5, 5, 5], valid(3), { bins: 10 });
    const one = timeSeriesChart({ title: 'T', y: { label: 'K' }, series: [{ name: 'n', points: [point(1, 5)] }] });
    expect(
      (await renderChart(histogramChart({ title: 'T', histogram: constant, x: { label: 'K' } }))).svg,
    ).not.toContain('NaN');
    expect((await renderChart(one)).svg).not.toContain('NaN');
  });

  it('takes hostile texts as texts', async () => {
    for (const text of hostileTexts) {
      const spec = barChart({
        title: text,
        subtitle: text,
        bars: [{ label: text, value: 1 }],
        value: { label: text, unit: text },
      });
      const { svg, png } = await renderChart(spec, { mark: text, caption: [text] });
      expect(svg).not.toContain('<script');
      expect(png.length).toBeGreaterThan(1000);
    }
  });

  it('loads nothing', async () => {
    const spec = { data: { url: 'http://127.0.0.1:9/x.json' }, mark: 'bar', encoding: {} } as ChartSpec;
    await expect(renderChart(spec)).rejects.toMatchObject({ code: 'denied' });
  });

  it('refuses a date that is none', () => {
    const points = [{ datetime: 'yesterday', value: 1 }];
    expect(() => timeSeriesChart({ title: 'T', y: { label: 'K' }, series: [{ name: 'n', points }] })).toThrow(
      /ISO 8601/,
    );
  });
});
