import type { Dirent } from 'node:fs';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Validity } from '../../../src-shared/job.ts';
import { WorkerStatus, workerFiles, workerFolders } from '../../../src-shared/worker-protocol.ts';
import { readRunFile } from '../jobs/run-folder.ts';

/** A file of a run, as a path inside the run's folder with `/` between its parts. Sizes of documents are not looked up. */
export interface RunFile {
  readonly path: string;
  readonly bytes: number | null;
}

/** What the index shows of one run. `problem` says why a folder could not be read; the others are then empty. */
export interface RunEntry {
  readonly folder: string;
  readonly name: string;
  readonly state: string;
  readonly validity: readonly Validity[];
  readonly startedAt: string | null;
  readonly seconds: number | null;
  readonly message: string | null;
  readonly documents: readonly RunFile[];
  readonly figures: readonly RunFile[];
  readonly tables: readonly RunFile[];
  readonly maps: readonly RunFile[];
  /** Files that are there but not listed, beyond the cap. */
  readonly unlisted: number;
}

const documents = [
  workerFiles.reportHtml,
  workerFiles.reportMarkdown,
  workerFiles.metadata,
  workerFiles.status,
  workerFiles.logs,
  workerFiles.task,
  workerFiles.item,
];
/** What is shown of a status, of this version or another. */
const ShownStatus = z.object(
  WorkerStatus.pick({ taskName: true, state: true, validity: true, startedAt: true, endedAt: true, error: true }).shape,
);
/** A status is some KiB; more than this is not one of ours. */
const maxStatusBytes = 1_000_000;
const maxFilesPerKind = 40;
const maxDepth = 4;

/** Reads one run folder for the index. Links are not followed, nothing throws: an unreadable folder is an entry that says so. */
export function readRunEntry(jobsFolder: string, folder: string): RunEntry {
  const path = join(jobsFolder, folder);
  try {
    const status = readRunFile(path, workerFiles.status, ShownStatus, maxStatusBytes);
    const there = new Map(readdirSync(path, { withFileTypes: true }).map((entry) => [entry.name, entry]));
    const kinds = [workerFolders.figures, workerFolders.tables, workerFolders.maps].map((kind) =>
      there.get(kind)?.isDirectory() === true ? filesIn(path, kind) : [],
    );
    const [figures = [], tables = [], maps = []] = kinds.map((files) => files.slice(0, maxFilesPerKind));
    const began = status === null ? Number.NaN : Date.parse(status.startedAt);
    const ended = status?.endedAt == null ? Number.NaN : Date.parse(status.endedAt);
    const waiting = status === null && there.get(workerFiles.task)?.isFile() === true && !there.has(workerFiles.status);
    return {
      folder,
      name: status?.taskName ?? folder,
      state: status?.state ?? (waiting ? 'waiting' : 'unknown'),
      validity: status?.validity ?? [],
      startedAt: status?.startedAt ?? null,
      seconds: ended >= began ? (ended - began) / 1000 : null,
      message:
        status?.error?.message ?? (status === null && !waiting ? 'This folder has no readable status.json.' : null),
      documents: documents.flatMap((name) => (there.get(name)?.isFile() === true ? [{ path: name, bytes: null }] : [])),
      figures,
      tables,
      maps,
      unlisted: kinds.reduce((sum, files) => sum + Math.max(0, files.length - maxFilesPerKind), 0),
    };
  } catch (cause) {
    return {
      folder,
      name: folder,
      state: 'unknown',
      validity: [],
      startedAt: null,
      seconds: null,
      message: `This folder cannot be read: ${(cause as Error).message}`,
      documents: [],
      figures: [],
      tables: [],
      maps: [],
      unlisted: 0,
    };
  }
}

function fileEntry(folder: string, path: string): RunFile[] {
  const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
  return stat?.isFile() === true ? [{ path, bytes: stat.size }] : [];
}

/** Regular files below `folder/kind`, by name. A file whose name is not valid UTF-8 cannot be linked and is passed over. */
function filesIn(folder: string, kind: string, depth = 0): RunFile[] {
  if (depth > maxDepth) return [];
  const entries: Dirent[] = readdirSync(join(folder, kind), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${kind}/${entry.name}`;
    if (entry.name.includes('\ufffd') || entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return filesIn(folder, path, depth + 1);
    return entry.isFile() ? fileEntry(folder, path) : [];
  });
}
