import { createHash } from 'node:crypto';
import {
  barChart,
  histogram,
  histogramChart,
  renderChart,
  timeSeriesChart,
} from '../../../src-worker/render/charts.ts';
import { renderFootprints } from '../../../src-worker/render/footprints.ts';
import { renderQuicklook } from '../../../src-worker/render/quicklook.ts';
import { csv } from '../../../src-worker/render/table.ts';

/** Hashes of one figure of every kind and a table; the test compares those of two processes. */
export async function sampleHashes(hash: (bytes: Uint8Array) => string): Promise<Record<string, string>> {
  const data = Float64Array.from({ length: 600 }, (_, index) => Math.sin(index / 7));
  const valid = Uint8Array.from(data, (_, index) => (index % 11 === 0 ? 0 : 1));
  const mark = 'SYNTHETIC FIXTURE DATA - NOT A MEASUREMENT';
  const points = ['2024-05-01', '2024-05-11T10:00:00', '2024-05-21T10:00:00+02:00'].map((datetime, index) => ({
    datetime,
    value: index,
    low: index - 1,
    high: index + 1,
  }));
  const ring = [
    [12, 41],
    [13, 41],
    [13, 42],
    [12, 41],
  ];
  const charts = {
    histogram: histogramChart({
      title: 'H',
      histogram: histogram(data, valid, { bins: 20 }),
      x: { label: 'x', unit: 'm' },
    }),
    series: timeSeriesChart({ title: 'S', y: { label: 'y' }, series: ['a', 'b'].map((name) => ({ name, points })) }),
    bars: barChart({ title: 'B', bars: [{ label: 'a', value: 12345.678 }], value: { label: 'v', unit: '%' } }),
  };
  const hashes: Record<string, string> = {
    quicklook: hash(
      await renderQuicklook({
        data,
        valid,
        width: 30,
        height: 20,
        ramp: 'brbg',
        stretch: [-1, 1],
        title: 'Q',
        legend: { label: 'q' },
        mark,
        metresPerPixel: 30,
      }),
    ),
    footprints: hash(
      await renderFootprints({
        title: 'F',
        bbox: [12.1, 41.1, 12.4, 41.3],
        footprints: [{ id: 'i', geometry: { type: 'Polygon', coordinates: [ring] } }],
        mark,
      }),
    ),
    table: hash(csv([{ value: 0.1 }, { value: -1e-7 }], [{ key: 'value', unit: 'm' }])),
  };
  for (const [name, spec] of Object.entries(charts)) hashes[name] = hash((await renderChart(spec, { mark })).png);
  return hashes;
}

if (import.meta.main) {
  const hashes = await sampleHashes((bytes) => createHash('sha256').update(bytes).digest('hex'));
  process.stdout.write(JSON.stringify(hashes));
}
