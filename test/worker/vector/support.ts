import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const python = join(resolve(import.meta.dirname, '../../..'), '.cache/venv/bin/python');

export const hasOracle = existsSync(python);
if (!hasOracle)
  console.warn('Skipping the comparisons with numpy and rasterio: .cache/venv is absent (set-up makes it).');

/** Asks oracle.py several questions in one process. */
export async function askOracle(questions: [command: string, args: object][]): Promise<unknown[]> {
  const child = spawn(python, [join(import.meta.dirname, 'oracle/oracle.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.end(JSON.stringify(questions));
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`oracle.py failed: ${errors}`);
  // Python prints NaN, which JSON lacks.
  return JSON.parse(out.replace(/\bNaN\b/g, 'null')) as unknown[];
}
