import { join } from 'node:path';
import { askPython } from '../../helpers/python.ts';

/** Gives a question to a script of `oracle/`. */
export async function ask<T>(script: string, question: unknown): Promise<T> {
  return askPython(join(import.meta.dirname, 'oracle', script), question);
}

/** Within a share of the expected number, or an absolute bound near 0. */
export function near(actual: number, expected: number, relative: number, absolute = relative): boolean {
  return Math.abs(actual - expected) <= Math.max(absolute, relative * Math.abs(expected));
}
