import { join } from 'node:path';
import { askPython } from '../../helpers/python.ts';

/** Asks oracle.py several questions in one process. */
export async function askOracle(questions: [command: string, args: object][]): Promise<unknown[]> {
  return askPython(join(import.meta.dirname, 'oracle/oracle.py'), questions);
}
