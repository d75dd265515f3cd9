import { parseArgs } from 'node:util';
import { toAppError } from '../../src-shared/errors.ts';
import { exitCodeOf } from '../../src-shared/exit-codes.ts';
import { defaultDataRoot, openDataRoot } from '../client/data-root.ts';
import { runEngine } from './engine.ts';
import { makeLog } from './log.ts';
import { takeLock } from './store/lock.ts';

const log = makeLog();
try {
  const { values } = parseArgs({ options: { 'data-root': { type: 'string' } } });
  const root = openDataRoot(values['data-root'] ?? defaultDataRoot(process.env));
  const lock = takeLock(root);
  if (lock === null) {
    log.info({ dataRoot: root.path }, 'another engine has this data root');
  } else {
    await runEngine(root, log, process.env);
    lock.release();
  }
  // Watchers of workers that go on would keep this process alive.
  process.exit(0);
} catch (cause) {
  const error = toAppError(cause);
  log.fatal({ code: error.code, remedy: error.remedy, cause }, error.message);
  process.exit(exitCodeOf(error.code));
}
