import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { journalLimits, segmentName, workerFiles } from '../../../src-shared/worker-protocol.ts';
import { appendToRegularFile, readRegularFile } from '../store/untrusted-files.ts';

/** A segment ends with the line that fills it. */
const maxBytes = journalLimits.segmentBytes + 1_048_576;

/**
 * Appends to a dead worker's log and events what it held back when it died (see `journalLimits`), so that their last lines are
 * not lost. Harmless when nothing is left.
 */
export function bringInJournal(folder: string): void {
  const names = new Set(readdirSync(folder).filter((name) => name.endsWith('.tmp')));
  if (names.size === 0) return;
  for (const file of [workerFiles.logs, workerFiles.events]) {
    const left = [...names]
      .flatMap((name) => {
        const index = Number(/\.(\d+)\.tmp$/.exec(name)?.[1]);
        return name === segmentName(file, index) ? [{ index, path: join(folder, name) }] : [];
      })
      .sort((a, b) => a.index - b.index)
      .slice(-journalLimits.segments);
    const texts = left.map(({ path }) => readRegularFile(path, maxBytes)?.toString('utf8') ?? '');
    // The first line of the first segment says what was left out before it; it is empty where nothing was.
    const joined = texts.map((text, n) =>
      n === 0 && !text.startsWith('\n') ? text : text.slice(text.indexOf('\n') + 1),
    );
    if (left.length > 0) appendToRegularFile(join(folder, file), joined.join(''));
    for (const { path } of left) rmSync(path, { force: true });
  }
}
