import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { DataRoot } from '../../client/data-root.ts';
import { writeFileAtomic } from '../store/files.ts';
import type { RunEntry } from './read-job-folder.ts';
import { readRunEntry } from './read-job-folder.ts';
import { renderOutputIndex } from './render-index.ts';

/**
 * Writes `outputs/index.html` over every run folder, newest first. One broken folder never spoils the page, and the page is
 * replaced whole or not at all.
 */
export async function writeOutputIndex(root: DataRoot): Promise<{ path: string; jobs: number }> {
  const folders = readdirSync(root.jobs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.includes('\ufffd'))
    .map((entry) => entry.name)
    .sort()
    .reverse();
  const runs: RunEntry[] = [];
  for (const [n, folder] of folders.entries()) {
    runs.push(readRunEntry(root.jobs, folder));
    // Thousands of folders must not keep the engine from answering.
    if (n % 50 === 49) await setImmediate();
  }
  writeFileAtomic(root.outputIndex, await renderOutputIndex(runs), 0o644);
  return { path: relative(root.path, root.outputIndex), jobs: runs.length };
}
