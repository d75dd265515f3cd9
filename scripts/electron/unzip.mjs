import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

import yauzl from 'yauzl';

/**
 * Extracts regular files of a zip with their modes.
 * @param {string} zip path of the archive
 * @param {string} folder where to, made when missing
 * @param {(name: string) => string | null} target an entry's path inside `folder`; null leaves the entry out
 */
export async function unzip(zip, folder, target) {
  const archive = await open(zip);
  await new Promise((resolve, reject) => {
    archive.on('end', resolve);
    archive.on('error', reject);
    archive.on('entry', (entry) => {
      extract(archive, entry, folder, target).then(() => archive.readEntry(), reject);
    });
    archive.readEntry();
  });
}

async function extract(archive, entry, folder, target) {
  const name = entry.fileName.endsWith('/') ? null : target(entry.fileName);
  if (name === null) return;
  const path = join(folder, name);
  if (relative(folder, path).startsWith('..')) throw new Error(`${entry.fileName} leads out of the archive`);
  await mkdir(dirname(path), { recursive: true });
  const mode = (entry.externalFileAttributes >>> 16) & 0o777;
  await pipeline(await stream(archive, entry), createWriteStream(path, { mode: mode || 0o644 }));
}

function open(zip) {
  return new Promise((resolve, reject) => {
    yauzl.open(zip, { lazyEntries: true }, (error, archive) => (error ? reject(error) : resolve(archive)));
  });
}

function stream(archive, entry) {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, readable) => (error ? reject(error) : resolve(readable)));
  });
}
