import { readFileSync } from 'node:fs';

/** A small file of the kernel's, or null where there is none or it may not be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
