import { describe, expect, it } from 'vitest';
import { templates } from '../../../src-renderer/tasks/library/templates.ts';
import { Analysis } from '../../../src-shared/task/analyses.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';

describe('the templates of new tasks', () => {
  it('cover every analysis', () => {
    const types = Analysis.def.options.flatMap((option) => [...option.shape.type.values]);
    expect(Object.keys(templates).sort()).toEqual(types.sort());
  });

  it.each(Object.entries(templates))('%s is valid, but for a file that only a person can name', (type, text) => {
    const named = text
      .replace(/(raster|folder|zarr|features): ""/g, '$1: data/mine')
      .replace('rasters: [""]', 'rasters: [data/mine]');
    const { task, problems } = readTask(named);
    expect(problems).toEqual([]);
    expect(task?.analysis.type).toBe(type);
    expect(task?.limits.max_read_bytes === 50_000_000 || type === 'service').toBe(true);
    if (named !== text)
      for (const { path } of readTask(text).problems)
        expect(path).toMatch(/^inputs\.(raster|rasters\[0\]|folder|zarr|features)$/);
  });

  it.each(Object.entries(templates))('%s explains itself', (_, text) => {
    expect(text.match(/^ *# /gm)!.length).toBeGreaterThan(3);
    expect(text.startsWith('# ')).toBe(true);
  });
});
