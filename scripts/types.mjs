// Type-checks every folder that has a tsconfig.json, two at a time. Compiler caches are in .cache/types.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const configs = ['tsconfig.json', 'src-*/**/tsconfig.json', 'test/**/tsconfig.json', 'scripts/tsconfig.json'];
const hasSources = (folder) => globSync(folder === '.' ? '*.ts' : `${folder}/**/*.{ts,tsx}`, { cwd: root }).length > 0;

const folders = globSync(configs, { cwd: root })
  .map((file) => dirname(file).split(sep).join('/'))
  .sort()
  .filter(hasSources);

let failed = 0;
const queue = [...folders];
await Promise.all([next(), next()]);
console.log(`types: ${folders.length - failed} of ${folders.length} folders are fine`);
process.exitCode = failed > 0 ? 1 : 0;

async function next() {
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    const { code, text } = await check(folder);
    if (code === 0) continue;
    failed += 1;
    console.log(`types: ${folder}\n${text}`);
  }
}

function check(folder) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: root });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
}
