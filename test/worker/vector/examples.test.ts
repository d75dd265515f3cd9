import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeVectorExamples } from '../../../scripts/make-fixtures/examples-vector.ts';
import { runTask, table } from '../../helpers/run-task.ts';
import { tempFolder } from '../../helpers/temp.ts';

const tasks = resolve(import.meta.dirname, '../../../examples/spatiotemporal/tasks');

describe('the examples of zones and points', () => {
  it('have the features that their script makes', async () => {
    const folder = tempFolder();
    await makeVectorExamples(folder);
    for (const name of ['zones.geojson', 'points.geojson'])
      expect(readFileSync(join(folder, name), 'utf8'), name).toBe(readFileSync(join(tasks, 'data', name), 'utf8'));
  });

  it.each([
    ['zonal_statistics', 'zones', 24],
    ['sample_points', 'points', 48],
  ] as const)('%s runs, reads what it planned and gives every output', async (analysis, name, rows) => {
    const run = await runTask(join(tasks, `example_${analysis}.yaml`));
    expect(run.warnings).toEqual([]);
    expect(table(run, name).length).toBe(rows);
    expect(run.bounds.readBytes / run.read.bytes).toBeGreaterThan(0.9);
    expect(run.bounds.readBytes / run.read.bytes).toBeLessThan(1.1);
    expect(Math.abs(run.bounds.requests - run.read.requests)).toBeLessThanOrEqual(0.1 * run.read.requests);
    const kinds = new Set(run.outcome.sections.map(({ kind }) => kind));
    for (const kind of ['figure', 'table', 'map'] as const) expect(kinds).toContain(kind);
    for (const path of [`maps/${name}.geojson`, `tables/${name}.parquet`])
      expect(statSync(join(run.out, path)).size).toBeGreaterThan(1_000);
  });
});
