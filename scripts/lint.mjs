// ESLint over everything. With the types of all folders it needs about 4 GB of heap, which is where Node stops by itself.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const eslint = join(root, 'node_modules/eslint/bin/eslint.js');
const args = ['--max-old-space-size=8192', eslint, '--max-warnings=0', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
