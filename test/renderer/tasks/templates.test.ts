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
    const named = text.replace(/(raster|folder): ""/, '$1: data/mine');
    const { task, problems } = readTask(named);
    expect(problems).toEqual([]);
    expect(task?.analysis.type).toBe(type);
    expect(task?.limits.max_read_bytes === 50_000_000 || type === 'service').toBe(true);
    if (named !== text)
      expect(readTask(text).problems.map(({ path }) => path)).toEqual([
        expect.stringMatching(/^inputs\.(raster|folder)$/),
      ]);
  });

  it.each(Object.entries(templates))('%s explains itself', (_, text) => {
    expect(text.match(/^ *# /gm)!.length).toBeGreaterThan(3);
    expect(text.startsWith('# ')).toBe(true);
  });
});
