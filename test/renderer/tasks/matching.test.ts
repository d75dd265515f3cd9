import { describe, expect, it } from 'vitest';
import { matching } from '../../../src-renderer/tasks/library/matching.ts';
import type { TaskEntry } from '../../../src-shared/api/library.ts';

const entry = (name: string, analysis: string, source: string): TaskEntry => ({
  id: `tasks/${name}.yaml`,
  kind: 'tasks',
  file: `${name}.yaml`,
  name,
  analysis,
  source,
  problems: 0,
  modifiedAt: null,
  draftAt: null,
});
const entries = [entry('Boulder', 'band_index', 'sentinel-2-l2a'), entry('New York', 'composite', 'landsat-ny-2018')];

describe('the search of the library', () => {
  it.each([
    ['', ['Boulder', 'New York']],
    ['york', ['New York']],
    ['Band Index', ['Boulder']],
    ['band_index', ['Boulder']],
    ['landsat york', ['New York']],
    ['landsat boulder', []],
    ['.yaml', ['Boulder', 'New York']],
  ])('%j finds %j', (words, names) => {
    expect(matching(entries, words).map(({ name }) => name)).toEqual(names);
  });
});
