import type { RunFile } from '../../../src-shared/api/library.ts';
import type { Artefact } from '../../../src-shared/job.ts';

interface RowHead {
  /** Path inside the run's folder; a folder's has no slash at its end. */
  readonly path: string;
  readonly name: string;
  /** Folders above it. */
  readonly depth: number;
}

export type TreeRow =
  | (RowHead & {
      readonly kind: 'folder';
      readonly isOpen: boolean;
      /** Files in it, at any depth, and their sizes together. */
      readonly files: number;
      readonly bytes: number;
    })
  | (RowHead & { readonly kind: 'file'; readonly file: RunFile })
  /** A file that the result lists and the folder does not have. */
  | (RowHead & { readonly kind: 'missing'; readonly artefact: Artefact });

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly leaves: { readonly name: string; readonly row: RunFile | Artefact; readonly isMissing: boolean }[];
  files: number;
  bytes: number;
}

/**
 * A run's folder as the rows of a tree: folders first, then files, each by name. `closed` holds the paths of folders that are
 * folded up; `outputs` is what the result lists.
 */
export function treeRows(
  files: readonly RunFile[],
  outputs: readonly Artefact[],
  closed: ReadonlySet<string>,
): TreeRow[] {
  const root = newFolder();
  for (const file of files) place(root, file, false);
  for (const artefact of missingOf(files, outputs)) place(root, artefact, true);
  return [...rowsOf(root, '', 0, closed)];
}

/** What the result lists and the folder does not have. */
export function missingOf(files: readonly RunFile[], outputs: readonly Artefact[]): Artefact[] {
  const present = new Set(files.map(({ path }) => path));
  return outputs.filter(({ path }) => !present.has(path));
}

const newFolder = (): Folder => ({ folders: new Map(), leaves: [], files: 0, bytes: 0 });

function place(root: Folder, row: RunFile | Artefact, isMissing: boolean): void {
  const steps = row.path.split('/');
  const name = steps.pop() ?? '';
  let folder = root;
  for (const step of steps) {
    const next = folder.folders.get(step) ?? newFolder();
    folder.folders.set(step, next);
    folder = next;
    if (isMissing) continue;
    folder.files += 1;
    folder.bytes += row.bytes;
  }
  folder.leaves.push({ name, row, isMissing });
}

const order = new Intl.Collator('en', { numeric: true });

function* rowsOf(folder: Folder, path: string, depth: number, closed: ReadonlySet<string>): Generator<TreeRow> {
  const below = (name: string) => (path === '' ? name : `${path}/${name}`);
  for (const [name, inner] of [...folder.folders].sort(([a], [b]) => order.compare(a, b))) {
    const isOpen = !closed.has(below(name));
    yield { kind: 'folder', path: below(name), name, depth, isOpen, files: inner.files, bytes: inner.bytes };
    if (isOpen) yield* rowsOf(inner, below(name), depth + 1, closed);
  }
  for (const { name, row, isMissing } of folder.leaves.sort((a, b) => order.compare(a.name, b.name)))
    if (isMissing) yield { kind: 'missing', path: row.path, name, depth, artefact: row as Artefact };
    else yield { kind: 'file', path: row.path, name, depth, file: row as RunFile };
}
