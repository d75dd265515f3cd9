import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { badInputPage, sections } from './helpers/bad-input/page.ts';
import { badTasks, oddTasks } from './helpers/bad-tasks.ts';

const root = resolve(import.meta.dirname, '..');
const rows = sections.flatMap((section) => section.rows);

describe('docs/bad-input.md', () => {
  it('is what the rows give (node scripts/make-bad-input-page.ts writes it)', () => {
    expect(readFileSync(join(root, 'docs/bad-input.md'), 'utf8')).toBe(badInputPage());
  });

  it('has every row once, and names tests that exist', () => {
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [letter, count] of [
      ['B', 9],
      ['C', 24],
      ['D', 8],
      ['E', 3],
    ] as const)
      expect(ids.filter((id) => id.startsWith(letter))).toEqual(
        Array.from({ length: count }, (_, n) => `${letter}${n + 1}`),
      );
    for (const { id, tests } of rows)
      for (const [file, name] of tests)
        expect([id, file, readFileSync(join(root, file), 'utf8').includes(name)]).toEqual([id, file, true]);
    for (const { row } of [...badTasks, ...oddTasks]) expect(ids).toContain(row);
  });
});
