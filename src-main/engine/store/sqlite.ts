import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export type Db = Database.Database;

/** Opens a database; `timeout` is how long to wait for a lock, ms. In a build the native part lies beside the program. */
export function openDatabase(path: string, timeout = 0): Db {
  const native = join(import.meta.dirname, 'better_sqlite3.node');
  return new Database(path, { timeout, ...(existsSync(native) && { nativeBinding: native }) });
}
