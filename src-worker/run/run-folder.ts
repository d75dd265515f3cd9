import { open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { AppError } from '../../src-shared/errors.ts';
import { serviceFolder } from '../../src-shared/service-protocol.ts';
import { workerFiles, workerFolders } from '../../src-shared/worker-protocol.ts';
import { writeAtomic } from './atomic-write.ts';

/**
 * Claims a folder for one run and lays it out. The engine may have put this very task.yaml there. The claim is the exclusive
 * creation of logs.txt, so that of two workers started on one folder only one writes, and no reader ever sees an empty
 * status.json.
 * @param taskBytes the task file as it was read
 * @param keep copy it byte for byte; not done for an invalid one, which may hold a secret or be no task at all
 * @returns whether the folder now holds task.yaml
 * @throws AppError `conflict` when the folder holds anything else, `storage` when it can't be written
 */
export async function openRunFolder(folder: string, taskBytes: Buffer, keep: boolean): Promise<boolean> {
  return claim(folder, taskBytes, keep).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      'storage',
      `The output folder can't be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        remedy: 'Give --out a folder on a disk with free space that you may write to.',
        retryable: false,
        cause,
      },
    );
  });
}

async function claim(folder: string, taskBytes: Buffer, keep: boolean): Promise<boolean> {
  let placed = false;
  await makeFolder(folder);
  for (const name of (await readdir(folder)).sort()) {
    // The engine put it there for a service; see service-protocol.ts.
    if (name === serviceFolder) continue;
    if (name === workerFiles.task && taskBytes.equals(await readFile(join(folder, name)))) {
      placed = true;
      continue;
    }
    throw new AppError(
      'conflict',
      `The output folder already holds ${name}; a folder is for one run and is never reused.`,
      {
        remedy: 'Give --out a new or an empty folder.',
      },
    );
  }
  try {
    await (await open(join(folder, workerFiles.logs), 'wx')).close();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    throw new AppError('conflict', 'Another worker has just taken this output folder.', {
      remedy: 'Give --out a new or an empty folder.',
      cause,
    });
  }
  for (const name of Object.values(workerFolders)) await makeFolder(join(folder, name));
  if (keep && !placed) await writeAtomic(join(folder, workerFiles.task), taskBytes);
  return keep || placed;
}

/** Removes what an interrupted write left behind: everything below the artefact folders that is no artefact. */
export async function removeLeftovers(folder: string, artefacts: ReadonlySet<string>): Promise<void> {
  for (const name of Object.values(workerFolders))
    for (const entry of await readdir(join(folder, name), { withFileTypes: true }))
      if (!artefacts.has(`${name}/${entry.name}`))
        await rm(join(folder, name, entry.name), { recursive: true, force: true });
}
