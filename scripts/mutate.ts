// Changes what guards money in many small wrong ways, one at a time, and shows which of them no test notices.
// node scripts/mutate.ts [words of file names …]
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Mutant } from './mutate/mutants.ts';
import { withMutants } from './mutate/mutants.ts';

const repository = resolve(import.meta.dirname, '..');
const targets = [
  ...['micro-usd', 'bound', 'caps'].map((name) => `src-shared/money/${name}.ts`),
  ...['verdict', 'judge', 'approvals', 'approval-record', 'gate', 'launch-bound', 'canonical'].map(
    (name) => `src-main/engine/gate/${name}.ts`,
  ),
  ...['fold', 'entry-view', 'ledger'].map((name) => `src-main/engine/ledger/${name}.ts`),
].filter((file) => process.argv.length < 3 || process.argv.slice(2).some((word) => file.includes(word)));
const tests = [
  'test/shared/money',
  'test/engine/ledger',
  'test/engine/gate/verdict',
  'test/engine/gate/gate',
  'test/engine/gate/recover',
  'test/engine/gate/plan.',
];

const folder = mkdtempSync(join(tmpdir(), 'transect-mutants-'));
try {
  for (const name of readdirSync(repository).filter((one) => !one.startsWith('.'))) {
    if (['src-main', 'src-shared', 'test', 'scripts', 'vitest.config.ts'].includes(name))
      cpSync(join(repository, name), join(folder, name), { recursive: true });
    else symlinkSync(join(repository, name), join(folder, name));
  }
  const mutants: Mutant[] = [];
  for (const file of targets) {
    const made = withMutants(file, readFileSync(join(repository, file), 'utf8'), mutants.length + 1);
    writeFileSync(join(folder, file), made.code);
    mutants.push(...made.mutants);
  }
  console.log(`${mutants.length} mutants in ${targets.length} files`);
  const killedFile = join(folder, 'killed');
  const config = `import base from './vitest.config.ts';
export default { ...base, test: { ...base.test, runner: './scripts/mutate/runner.ts', testTimeout: 0, hookTimeout: 0, reporters: ['default'], maxWorkers: 2 } };
`;
  writeFileSync(join(folder, 'mutate.config.ts'), config);
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
  spawnSync(process.execPath, [vitest, 'run', '--config', 'mutate.config.ts', ...tests], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, MUTATE_KILLED: killedFile },
  });
  const dead = new Set(existsSync(killedFile) ? readFileSync(killedFile, 'utf8').split('\n').map(Number) : []);
  const survivors = mutants.filter(({ id }) => !dead.has(id));
  for (const { file, line, before, after } of survivors) console.log(`survived: ${file}:${line}: ${before} → ${after}`);
  console.log(`${mutants.length - survivors.length} of ${mutants.length} mutants were killed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
