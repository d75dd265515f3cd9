import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTerrainExamples } from '../../../scripts/make-fixtures/examples-terrain.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { markItem } from '../../../src-worker/run/marks.ts';
import { runTask } from '../../helpers/run-task.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { root } from '../../helpers/worker-process.ts';
import { context } from '../raster/support.ts';

const tasks = join(root, 'examples/spatiotemporal/tasks');

async function contents(path: string) {
  const source = await openRaster(path, context());
  const { info } = source;
  const window = { x: 0, y: 0, width: info.width, height: info.height };
  const bands = [];
  for (let band = 1; band <= info.bandCount; band += 1) bands.push(await source.read(band, window, context()));
  await source.close();
  const { bytes: _, ...described } = info;
  return { described, bands };
}

describe('the examples of terrain and classify', { timeout: 60_000 }, () => {
  it('have the rasters that their script makes, small and marked', async () => {
    const made = tempFolder();
    await makeTerrainExamples(made);
    let bytes = 0;
    for (const name of ['elevation.tif', 'image.tif']) {
      const kept = await contents(join(tasks, 'data', name));
      expect(kept).toEqual(await contents(join(made, name)));
      expect(kept.described.metadata[markItem]).toMatch(/SYNTHETIC/);
      bytes += statSync(join(tasks, 'data', name)).size;
    }
    expect(bytes).toBeLessThan(300_000);
  });

  it.each(['terrain', 'classify'])(
    'example_%s gives what its page promises, and reads what its plan says',
    async (name) => {
      const { outcome, bounds, read, warnings, out } = await runTask(join(tasks, `example_${name}.yaml`));
      expect(warnings).toEqual([]);
      expect(outcome.validity).toEqual(['computed']);
      expect(bounds.readBytes / read.bytes).toBeGreaterThan(0.9);
      expect(bounds.readBytes / read.bytes).toBeLessThan(1.1);
      expect(bounds.requests).toBe(read.requests);
      const kinds = outcome.sections.map(({ kind }) => kind);
      for (const kind of ['table', 'figure', 'map', 'text']) expect(kinds).toContain(kind);
      for (const { path } of outcome.maps) expect(statSync(join(out, path)).size).toBeGreaterThan(1_000);
      const hrefs = outcome.sections.flatMap((section) => {
        if (section.kind === 'figure') return section.figures.map(({ href }) => href);
        if (section.kind === 'table') return section.csvHref === undefined ? [] : [section.csvHref];
        return section.kind === 'map'
          ? [section.href, ...(section.quicklook === undefined ? [] : [section.quicklook.href])]
          : [];
      });
      expect(hrefs.length).toBeGreaterThan(3);
      for (const href of hrefs) expect(statSync(join(out, href)).isFile()).toBe(true);
    },
  );
});
