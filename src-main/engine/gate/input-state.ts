import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import { isInside } from '../../client/inside.ts';
import type { LaunchSpec } from '../backends/backend.ts';
import { documentNames } from '../backends/shown-inputs.ts';

/** A folder of more entries is told by these alone, and says so. */
const mostEntries = 20_000;

/**
 * The local inputs of a run with what they are at this moment; of a document, its whole folder, as that is what a run is shown.
 * @param isGated whether a person approves it: then no change of them may go unseen
 * @throws AppError `over_limit` for a folder of too many entries, `denied` for one in which runs write, both of gated ones only
 */
export function inputsOf(
  { task, inputs, folder }: Pick<LaunchSpec, 'task' | 'inputs' | 'folder'>,
  isGated: boolean,
): LaunchPlan['inputs'] {
  const documents = documentNames(task);
  const known = new Map<string, string>();
  const stateOf = (name: string, path: string) => {
    const state = known.get(path) ?? (isGated ? wholeState(name, path, dirname(folder)) : inputState(path));
    known.set(path, state);
    return state;
  };
  return inputs.map(({ name, path }) => {
    const beside = documents.has(name) ? `; with its folder: ${stateOf(name, dirname(path))}` : '';
    return { name, path, state: `${stateOf(name, path)}${beside}` };
  });
}

/**
 * What a local input is at this moment, by sizes, times of change and the system's numbers of its files, in words: another text means
 * that it was changed. Nothing of what it holds is read.
 */
export function inputState(path: string): string {
  const stat = lstat(path);
  if (stat === undefined) return 'missing';
  if (!stat.isDirectory()) {
    const sha256 = createHash('sha256').update(entryState(path, stat)).digest('hex');
    return `${stat.size} bytes, changed ${stat.mtime.toISOString()}, ${sha256.slice(0, 16)}`;
  }
  return folderWords(folderState(path));
}

/** Bytes of a local input; null where it has too many parts to be added up. */
export function inputBytes(path: string): number | null {
  const stat = lstat(path);
  if (stat === undefined) return null;
  if (!stat.isDirectory()) return Number(stat.size);
  const { bytes, isCut } = folderState(path);
  return isCut ? null : bytes;
}

/** The same of an input that a person approves: refused where something of it could change unseen, or changes with each job. */
function wholeState(name: string, path: string, jobs: string): string {
  if (lstat(path)?.isDirectory() !== true) return inputState(path);
  if (isInside(path, jobs))
    throw new AppError(
      'denied',
      `The input ${name} would show the workspace’s own files, which change with each job: ${path}`,
      {
        remedy: 'Put it, with the files that it refers to, into a folder of its own.',
      },
    );
  const state = folderState(path);
  if (!state.isCut) return folderWords(state);
  const most = mostEntries.toLocaleString('en-US');
  throw new AppError('over_limit', `The input ${name} holds more than ${most} files: ${path}`, {
    remedy:
      'A change in that many would not be seen after an approval. Put what the task needs into a folder of its own.',
  });
}

interface FolderState {
  readonly bytes: number;
  readonly count: number;
  readonly isCut: boolean;
  readonly sha256: string;
}

function folderWords({ bytes, count, isCut, sha256 }: FolderState): string {
  return `${isCut ? 'more than ' : ''}${count} entries, ${bytes} bytes, ${sha256.slice(0, 16)}`;
}

function folderState(folder: string): FolderState {
  const sum = createHash('sha256');
  let [bytes, count] = [0, 0];
  const left = [''];
  // Names as the bytes that they are: one that is no UTF-8 could not be found again.
  const whole = (path: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]);
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    for (const name of readdirSync(whole(at), 'latin1').sort()) {
      const path = at === '' ? name : `${at}/${name}`;
      const stat = lstat(whole(path));
      if (stat === undefined) continue;
      if (count === mostEntries) return { bytes, count, isCut: true, sha256: sum.digest('hex') };
      count += 1;
      if (stat.isDirectory()) left.push(path);
      else bytes += Number(stat.size);
      sum.update(`${JSON.stringify([path, entryState(whole(path), stat)])}\n`);
    }
  }
  return { bytes, count, isCut: false, sha256: sum.digest('hex') };
}

/** One entry; of a link also where it leads and what is there. A folder is told by its entries. */
function entryState(path: string | Buffer, stat: BigIntStats): string {
  if (stat.isDirectory()) return 'folder';
  if (!stat.isSymbolicLink()) return numbersOf(stat);
  return `${numbersOf(stat)} to ${readlinkSync(path, 'latin1')}: ${targetState(path)}`;
}

function targetState(path: string | Buffer): string {
  try {
    const stat = statSync(path, { bigint: true });
    // What lies in a folder elsewhere is shown to no run behind walls, and such a folder may change all the time.
    return stat.isDirectory() ? `folder ${stat.ino}` : numbersOf(stat);
  } catch {
    // It leads nowhere, in a circle, or to where nobody may look.
    return 'nothing';
  }
}

/** Times of change can be set at will, but for the system's own; a file that was put in another's place has another number. */
function numbersOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
}

function lstat(path: string | Buffer): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}
