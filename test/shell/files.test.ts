import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { answerAppFile, fileInside } from '../../src-main/shell/app-files.ts';
import { destinationProblem, runFile } from '../../src-main/shell/native/run-files.ts';
import { runFileOf } from '../../src-main/shell/proxy/job-files.ts';
import { JobId } from '../../src-shared/job-id.ts';
import { tempFolder } from '../helpers/temp.ts';

const jobId = JobId.parse('20261122t014448z-example-ssjahd');

describe('the window’s own files', () => {
  it.each([
    ['/', '/srv/app/index.html'],
    ['/assets/a.js', '/srv/app/assets/a.js'],
    ['/a%20b.js', '/srv/app/a b.js'],
    ['/..%2fapp-evil/x.js', null],
    ['/%2e%2e/%2e%2e/etc/passwd', null],
    ['/../../etc/passwd', null],
    ['/a/../../x', null],
    ['//etc/passwd', '/srv/app/etc/passwd'],
    ['/a%00.js', null],
    ['/..%5c..%5cx', null],
    ['/%zz', null],
    ['/.', null],
    ['', null],
  ])('%s is %s', (pathname, file) => {
    expect(fileInside('/srv/app', pathname)).toBe(file);
  });

  it('gives the page a fresh nonce on each load, the same in its text and its policy', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'index.html'), '<meta property="csp-nonce" nonce="%NONCE%"><p>%NONCE%</p>');
    const load = async () => {
      const answer = await answerAppFile(folder, new Request('app://transect/'));
      const nonce = /'nonce-([\w-]{43})'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1];
      expect(await answer.text()).toBe(`<meta property="csp-nonce" nonce="${nonce}"><p>${nonce}</p>`);
      return nonce;
    };
    expect(await load()).not.toBe(await load());
  });

  it('names the type of everything, and says what is not there', async () => {
    const folder = tempFolder();
    const types = {
      'a.mjs': 'text/javascript',
      'b.wasm': 'application/wasm',
      'c.woff2': 'font/woff2',
      'd.css': 'text/css',
    };
    for (const [name, type] of Object.entries(types)) {
      writeFileSync(join(folder, name), 'x');
      const answer = await answerAppFile(folder, new Request(`app://transect/${name}`));
      expect(answer.headers.get('content-type')).toContain(type);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect((await answerAppFile(folder, new Request('app://transect/none.js'))).status).toBe(404);
    expect((await answerAppFile(folder, new Request('app://transect/a.mjs', { method: 'POST' }))).status).toBe(405);
  });
});

describe('files of a run', () => {
  const under = `job://${jobId}`;
  it.each([
    [`${under}/maps/a.tif`, 'maps/a.tif'],
    [`${under}/maps/a%20b.tif`, 'maps/a b.tif'],
    [`${under}/report.html?x#y`, 'report.html'],
    [`${under}/a/../b`, 'b'],
    [`${under}/..%2f..%2fsecret`, null],
    [`${under}/a%2fb`, null],
    [`${under}/a%5cb`, null],
    [`${under}/a//b`, null],
    [`${under}/`, null],
    [under, null],
    [`${under}/a%00b`, null],
    [`${under}/%zz`, null],
    [`job://user@${jobId}/a`, null],
    [`job://${jobId}:80/a`, null],
    ['job://elsewhere/a', null],
  ])('%s names %s', (address, path) => {
    expect(runFileOf(address)?.path ?? null).toBe(path);
  });

  function run() {
    const root = openDataRoot(join(tempFolder(), 'root'));
    const folder = root.jobFolder(jobId);
    mkdirSync(join(folder, 'maps'), { recursive: true });
    writeFileSync(join(folder, 'maps', 'a.tif'), 'x');
    writeFileSync(join(root.path, 'secret'), 'x');
    return { root, folder };
  }

  it('are given by their real path, and nothing outside of the run’s folder is', () => {
    const { root, folder } = run();
    expect(runFile(root, jobId, 'maps/a.tif')).toBe(join(folder, 'maps', 'a.tif'));
    expect(runFile(root, jobId, '')).toBe(folder);
    for (const path of ['../../../secret', '/etc/passwd', 'maps/../../x', join(root.path, 'secret')])
      expect(() => runFile(root, jobId, path)).toThrow(expect.objectContaining({ code: 'denied' }));
    expect(() => runFile(root, jobId, 'maps/none.tif')).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  it('are not reached through links that lead out', () => {
    const { root, folder } = run();
    symlinkSync(join(root.path, 'secret'), join(folder, 'file-link'));
    symlinkSync(root.path, join(folder, 'folder-link'));
    symlinkSync(join(folder, 'maps'), join(folder, 'own-link'));
    for (const path of ['file-link', 'folder-link', 'folder-link/secret'])
      expect(() => runFile(root, jobId, path)).toThrow(expect.objectContaining({ code: 'denied' }));
    expect(runFile(root, jobId, 'own-link/a.tif')).toBe(join(folder, 'maps', 'a.tif'));
  });

  it('of a run whose folder is a link are not given', () => {
    const { root } = run();
    const other = JobId.parse('20261122t014448z-linked-ssjahd');
    const elsewhere = tempFolder();
    writeFileSync(join(elsewhere, 'a'), 'x');
    symlinkSync(elsewhere, root.jobFolder(other));
    expect(() => runFile(root, other, 'a')).toThrow(expect.objectContaining({ code: 'denied' }));
  });

  it('are not copied over what Transect wrote', () => {
    const { root, folder } = run();
    expect(destinationProblem(root, join(folder, 'copy.tif'))?.code).toBe('denied');
    expect(destinationProblem(root, join(root.records, 'x'))?.code).toBe('denied');
    expect(destinationProblem(root, join(root.path, 'copy.tif'))).toBeNull();
    symlinkSync(folder, join(root.path, 'link'));
    expect(destinationProblem(root, join(root.path, 'link', 'copy.tif'))?.code).toBe('denied');
  });
});
