import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pack } from 'tar-stream';
import { pack } from 'tar-stream';

/** One entry of an archive. Paths are relative, with `/`, without `.` and `..`. */
export interface TarEntry {
  readonly path: string;
  readonly mode: number;
  readonly content:
    | { readonly kind: 'directory' }
    | { readonly kind: 'symlink'; readonly target: string }
    | { readonly kind: 'bytes'; readonly bytes: Buffer }
    | { readonly kind: 'file'; readonly file: string; readonly size: number };
}

const epoch = new Date(0);

export function fileOf(path: string, bytes: Buffer | string, mode = 0o644): TarEntry {
  return { path, mode, content: { kind: 'bytes', bytes: Buffer.from(bytes) } };
}

export function linkTo(path: string, target: string): TarEntry {
  return { path, mode: 0o777, content: { kind: 'symlink', target } };
}

export function directory(path: string, mode = 0o755): TarEntry {
  return { path, mode, content: { kind: 'directory' } };
}

/** The entries, and the folders that they lie in, in one order for everybody. */
export function ordered(entries: readonly TarEntry[]): TarEntry[] {
  const all = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (!all.has(folder)) all.set(folder, directory(folder));
    }
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** An archive of these entries as they come: no owner, no time, so that the same entries give the same bytes. */
export function tarOf(entries: readonly TarEntry[]): Readable {
  const archive = pack();
  void fill(archive, entries).catch((cause: unknown) => {
    archive.destroy(cause as Error);
  });
  return Readable.from(archive, { objectMode: false });
}

/** An archive that is broken off breaks off its entries too, whose errors would end the engine if nobody heard them. */
export function heard<S extends { on(event: 'error', hear: () => void): unknown }>(entry: S): S {
  entry.on('error', () => undefined);
  return entry;
}

async function fill(archive: Pack, entries: readonly TarEntry[]): Promise<void> {
  for (const { path, mode, content } of entries) {
    const header = { name: path, mode, mtime: epoch, uid: 0, gid: 0 };
    if (content.kind === 'file') {
      await pipeline(createReadStream(content.file), heard(archive.entry({ ...header, size: content.size })));
      continue;
    }
    await new Promise<void>((resolve, reject) => {
      const done = (cause?: Error | null) => {
        if (cause == null) resolve();
        else reject(cause);
      };
      if (content.kind === 'bytes')
        heard(archive.entry({ ...header, size: content.bytes.length }, content.bytes, done));
      else if (content.kind === 'symlink')
        heard(archive.entry({ ...header, type: 'symlink', linkname: content.target }, done));
      else heard(archive.entry({ ...header, type: 'directory' }, done));
    });
  }
  archive.finalize();
}
