import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { app, dialog } from 'electron';
import type { NativeOutput } from '../../../src-shared/native.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { EngineLink } from '../engine-link.ts';
import { destinationProblem } from './run-files.ts';

interface LedgerRange {
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Asks where to, and writes the ledger’s entries of these UTC days there as CSV. The text comes from the engine, never from the page.
 * @throws AppError `denied` for a place among the workspace’s own files
 */
export async function saveLedger(
  { from, to }: LedgerRange,
  { window, root, link }: { readonly window: BrowserWindow; readonly root: DataRoot; readonly link: EngineLink },
): Promise<NativeOutput<'saveLedger'>> {
  const days = [from, to].filter((day) => day !== null).join('_');
  const name = `transect-ledger${days === '' ? '' : `-${days}`}.csv`;
  const defaultPath = join(app.getPath('downloads'), name);
  const { filePath } = await dialog.showSaveDialog(window, { title: 'Save the ledger', defaultPath });
  if (filePath === '') return null;
  const problem = destinationProblem(root, filePath);
  if (problem !== null) throw problem;
  const text = await link.use(async ({ client }) => {
    const pieces: string[] = [];
    const csv = await client('ledgerCsv', { ...(from !== null && { from }), ...(to !== null && { to }) });
    for await (const piece of csv) pieces.push(piece);
    return pieces.join('');
  });
  await writeFile(filePath, text);
  return { name: basename(filePath) };
}
