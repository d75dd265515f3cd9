import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkEnd, metadataOf, readJson, root, runWorker } from '../helpers/worker-process.ts';

const example = (name: string) => join(root, `examples/spatiotemporal/tasks/${name}.yaml`);

describe('the words of a report', () => {
  it.each(['example_stac_preview', 'example_composite', 'example_band_index', 'example_raster_summary'])(
    'are sentences: %s',
    async (name) => {
      const run = await runWorker(example(name), { args: ['--offline'] });
      checkEnd(run, 'succeeded', 0);
      const html = readFileSync(join(run.out, 'report.html'), 'utf8');
      // A paragraph that is only a way to a file, such as `All values: a.csv`, is none.
      const paragraphs = [...html.matchAll(/<p(?: class="summary")?>([^]*?)<\/p>/g)].map(([, text = '']) =>
        text.replace(/^<a [^>]*>[^<]*<\/a>: /, '').replace(/<[^>]*>/g, ''),
      );
      expect(paragraphs.length).toBeGreaterThanOrEqual(3);
      for (const paragraph of paragraphs) expect(paragraph).toMatch(/^[A-Z0-9][^]*\.$/);
      const { properties } = readJson<{ properties: Record<string, string> }>(join(run.out, 'item.json'));
      expect(properties['processing:lineage']).toMatch(/^[A-Z][^]*\.$/);
      expect(html).not.toMatch(/\d x \d|\b1 (bands|items|rasters|overviews|rows)\b/);
    },
  );

  it('give resolutions with their unit and shares in per cent, while the table keeps full numbers', async () => {
    const run = await runWorker(example('example_composite'), { args: ['--offline'] });
    checkEnd(run, 'succeeded', 0);
    const report = readFileSync(join(run.out, 'report.md'), 'utf8');
    expect(report).toContain('215 × 210 pixels of 80 m × 80 m in EPSG:32613');
    expect(report).toContain('share of the grid \\[%\\]');
    const { items, grid } = metadataOf<{ items: { used_pixels: number }[]; grid: { shape: [number, number] } }>(run);
    const [, first = ''] = readFileSync(join(run.out, 'tables/items.csv'), 'utf8').split('\r\n');
    const share = (items[0]?.used_pixels ?? 0) / (grid.shape[0] * grid.shape[1]);
    expect(Number(first.split(',').at(-1))).toBe(share);
    expect(report).toContain(`| ${(Math.round(share * 1000) / 10).toFixed(1)} |`);
  });
});
