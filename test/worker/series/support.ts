import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const python = join(root, '.cache/venv/bin/python');

/** Gives `question` to a script of `oracle/` as JSON and reads its answer; NaN and infinities come back as null. */
export async function ask<T>(script: string, question: unknown): Promise<T> {
  const child = spawn(python, [join(import.meta.dirname, 'oracle', script)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.end(JSON.stringify(question));
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`${script} failed: ${errors}`);
  return JSON.parse(out.replace(/-?\bInfinity\b/g, 'null').replace(/\bNaN\b/g, 'null')) as T;
}

/** Within a share of the expected number, or an absolute bound near 0. */
export function near(actual: number, expected: number, relative: number, absolute = relative): boolean {
  return Math.abs(actual - expected) <= Math.max(absolute, relative * Math.abs(expected));
}
