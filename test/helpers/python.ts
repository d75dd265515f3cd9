import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** The interpreter that has the libraries of reference: GDAL's, numpy, scipy, xarray. */
export const python = join(resolve(import.meta.dirname, '../..'), '.cache/venv/bin/python');

export const hasOracle = existsSync(python);
if (!hasOracle) console.warn('Skipping the comparisons with Python: .cache/venv is absent (set-up makes it).');

/**
 * Gives a question as JSON to the stdin of a script and reads the JSON of its stdout; NaN and infinities come as null.
 * @param script absolute path
 * @throws Error with what the script wrote to stderr, when it fails
 */
export async function askPython<T>(script: string, question: unknown): Promise<T> {
  const child = spawn(python, [script], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Scripts import each other, and nothing is to be left beside them.
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  // A script that ends before it has read its question breaks the pipe; its stderr says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(question));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${basename(script)} failed: ${errors}`);
  return JSON.parse(withoutNaN(out)) as T;
}

/** Python prints NaN and Infinity, which JSON lacks; within strings they are left alone. */
function withoutNaN(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (text) => (text.startsWith('"') ? text : 'null'));
}
