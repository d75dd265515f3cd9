import { dataRows } from './data-rows.ts';
import { faultRows } from './fault-rows.ts';
import { moneyRows } from './money-rows.ts';
import type { BadInputRow } from './row.ts';
import { folderRows, lifeRows } from './run-rows.ts';
import { manifestRows, taskRows } from './task-rows.ts';

export const sections: readonly { readonly title: string; readonly rows: readonly BadInputRow[] }[] = [
  { title: 'Life of a run', rows: lifeRows },
  { title: 'Tasks', rows: taskRows },
  { title: 'Tasks on their way to a cluster', rows: manifestRows },
  { title: 'Run folders, as the page of outputs meets them', rows: folderRows },
  { title: 'Faults of the machine', rows: faultRows },
  { title: 'Data and their servers', rows: dataRows },
  { title: 'Money', rows: moneyRows },
];

/** docs/bad-input.md, whole. */
export function badInputPage(): string {
  return `# Bad input and faults

What the program that Transect grew out of did when it was run with these (rows B to E), what Transect does, and the tests that show it. Faults of
the machine are rows F, those of data and their servers rows G, those of money rows H. Every bad task goes through the worker, the command line and the API as real programs, and through the form’s reader
(\`test/helpers/bad-tasks.ts\` holds them). This page is made by \`node scripts/make-bad-input-page.ts\`.

${sections.map(({ title, rows }) => `## ${title}\n\n${table(rows)}\n`).join('\n')}`;
}

function table(rows: readonly BadInputRow[]): string {
  const hasBefore = rows.some(({ before }) => before !== '');
  const head = hasBefore ? ['', 'Input', 'It did', 'Transect', 'Tests'] : ['', 'Fault', 'Transect', 'Tests'];
  const lines = rows.map(({ id, input, before, now, tests }) => [
    id,
    input,
    ...(hasBefore ? [before] : []),
    now,
    testsOf(tests),
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

/** Files, each once, with the tests’ names. */
function testsOf(tests: BadInputRow['tests']): string {
  const byFile = Map.groupBy(tests, ([file]) => file);
  return [...byFile]
    .map(([file, found]) => `\`${file}\`: ${found.map(([, name]) => `“${name}”`).join(', ')}`)
    .join('; ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
