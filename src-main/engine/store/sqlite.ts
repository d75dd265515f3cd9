import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export type Db = Database.Database;

/** Opens a database. In a build the native part lies beside the program. */
export function openDatabase(path: string): Db {
  const native = join(import.meta.dirname, 'better_sqlite3.node');
  return new Database(path, { timeout: 0, ...(existsSync(native) && { nativeBinding: native }) });
}
