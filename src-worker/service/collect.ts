import type { Dirent } from 'node:fs';
import { chmod, lstat, open, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../run/make-folder.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { Artefact } from '../../src-shared/job.ts';
import { RunFilePath } from '../../src-shared/job.ts';
import { mediaTypeOf } from '../../src-shared/media-types.ts';
import { serviceOutputs } from '../../src-shared/service-protocol.ts';
import type { KnownSecrets } from '../run/known-secrets.ts';
import { sha256OfFile } from '../run/sha256.ts';
import { holdsSecret } from './secret-scan.ts';

const maxFiles = 20_000;
const maxDepth = 32;

/** What a run's own folders are for; a service that fills them gets its files shown as maps, tables and figures. */
const usual: Readonly<Record<string, RegExp>> = {
  maps: /\.(tiff?|geojson)$/i,
  tables: /\.csv$/i,
  figures: /\.(png|jpe?g|svg|webp)$/i,
};

export interface CollectOptions {
  /** Where the service put its files. */
  readonly from: string;
  /** The run's folder. */
  readonly folder: string;
  readonly maxBytes: number;
  readonly secrets: KnownSecrets;
  readonly signal: AbortSignal;
  readonly onArtefact: (artefact: Artefact) => void;
}

export interface Collected {
  readonly files: number;
  readonly bytes: number;
  /** What was left out, in words, at most some; `withheld` because it held a secret. */
  readonly leftOut: readonly string[];
  readonly withheld: number;
}

interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Takes what a service left into the run's folder: regular files with plain names, each moved, hashed and announced. Links,
 * devices and odd names are left out and named; so is a file that holds one of the run's secrets.
 * @throws AppError `over_limit` when there is too much: nothing is taken then
 */
export async function collectOutputs(options: CollectOptions): Promise<Collected> {
  const { from, folder, maxBytes, secrets, signal, onArtefact } = options;
  const leftOut: string[] = [];
  const found: FoundFile[] = [];
  await findFiles(from, '', 0, found, leftOut);
  const bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > maxBytes) throw tooMuch(`${bytes} bytes`, `limits.max_output_bytes allows ${maxBytes}`, bytes, maxBytes);
  let withheld = 0;
  let kept = 0;
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path } of found) {
    signal.throwIfAborted();
    const source = join(from, path);
    // A name can hold one too.
    if (secrets.mask(path) !== path || (await holdsSecret(source, secrets))) {
      withheld += 1;
      leftOut.push(`${path} (it holds a secret of this run)`);
      continue;
    }
    const target = placeOf(path);
    await makeFolder(dirname(join(folder, target)));
    await rename(source, join(folder, target));
    await settle(join(folder, target));
    kept += 1;
    onArtefact({ path: target, ...(await sha256OfFile(join(folder, target))), mediaType: mediaTypeOf(target) });
  }
  return { files: kept, bytes, leftOut, withheld };
}

/** `maps/a.tif` belongs among the run's maps; everything else goes to `outputs/`. */
function placeOf(path: string): string {
  const [folder = '', name = '', ...deeper] = path.split('/');
  const isUsual = deeper.length === 0 && usual[folder]?.test(name) === true;
  return isUsual && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) ? path : `${serviceOutputs}/${path}`;
}

async function findFiles(
  from: string,
  below: string,
  depth: number,
  found: FoundFile[],
  leftOut: string[],
): Promise<void> {
  for (const entry of await entriesOf(join(from, below))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    const why = refusal(entry, path, depth);
    if (why !== null) leftOut.push(`${printable(path)} (${why})`);
    else if (entry.isDirectory()) await findFiles(from, path, depth + 1, found, leftOut);
    else {
      if (found.length >= maxFiles)
        throw tooMuch(`more than ${maxFiles} files`, `${maxFiles} are taken`, maxFiles + 1, maxFiles);
      found.push({ path, bytes: (await lstat(join(from, path))).size });
    }
  }
}

/** The service may have closed its folders to everybody; they are this user's all the same. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  await chmod(folder, 0o755).catch(() => undefined);
  return readdir(folder, { withFileTypes: true });
}

function refusal(entry: Dirent, path: string, depth: number): string | null {
  if (entry.isSymbolicLink()) return 'a link';
  if (!entry.isFile() && !entry.isDirectory()) return 'neither a file nor a folder';
  if (entry.isDirectory() && depth >= maxDepth) return 'too deep';
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is refused
  const isOdd = /[\u0000-\u001f\u007f\ufffd]/.test(entry.name) || entry.name.startsWith('.');
  return isOdd || !RunFilePath.safeParse(`${serviceOutputs}/${path}`).success ? 'an odd name' : null;
}

/** On disk, readable, and no program. */
async function settle(path: string): Promise<void> {
  await chmod(path, 0o644);
  await using file = await open(path, 'r');
  await file.sync();
}

function printable(path: string): string {
  const plain = JSON.stringify(path).slice(1, -1);
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain;
}

function tooMuch(what: string, allowed: string, asked: number, limit: number): AppError {
  return new AppError('over_limit', `The service left ${what}; ${allowed}.`, {
    remedy: 'Let it keep less in /outputs, or raise limits.max_output_bytes in the task.',
    details: { limit: 'max_output_bytes', asked, allowed: limit },
  });
}
