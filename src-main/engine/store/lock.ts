import type { DataRoot } from '../../client/data-root.ts';
import { openDatabase } from './sqlite.ts';

/**
 * Two engines that ask at the same instant each hold a shared lock that keeps the other from the exclusive one. Without
 * patience both would give up; with it one gives way and the other gets it.
 */
const patienceMs = 500;

export interface EngineLock {
  release(): void;
}

/**
 * Takes the data root for this process alone, or returns null when another engine has it. An exclusive transaction on a
 * database of its own: the system frees it with the process, also after kill -9.
 */
export function takeLock(root: DataRoot): EngineLock | null {
  const db = openDatabase(root.lockFile, patienceMs);
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    if ((cause as { code?: unknown }).code === 'SQLITE_BUSY') return null;
    throw cause;
  }
  return {
    release() {
      db.exec('ROLLBACK');
      db.close();
    },
  };
}
