import { closeSync, mkdirSync, openSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../src-worker/run/make-folder.ts';
import { tempFolder } from '../helpers/temp.ts';

describe('making a folder', () => {
  it('makes those above it too, and takes what is there', async () => {
    const folder = join(tempFolder(), 'a/b/c');
    await makeFolder(folder, 0o700);
    await makeFolder(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
    if (process.platform !== 'win32') expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('names what is in the way', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    await expect(makeFolder(join(file, 'a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  // Such a folder is what a sandboxed run has when somebody deletes its folder outside.
  it.runIf(process.platform === 'linux')('ends in a folder that was deleted and is still held', async () => {
    const folder = join(tempFolder(), 'gone');
    mkdirSync(folder);
    const fd = openSync(folder, 'r');
    rmdirSync(folder);
    await expect(makeFolder(`/proc/self/fd/${fd}/figures/more`)).rejects.toMatchObject({ code: 'ENOENT' });
    closeSync(fd);
  });
});
