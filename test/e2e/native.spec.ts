import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeBridge } from '../../src-shared/native.ts';
import { answerOpenDialog, answerQuestions, answerSaveDialog, catchOpened, clickMenu, native } from './desktop.ts';
import { expect, test } from './fixtures.ts';
import { runExample } from './runs.ts';

test('a file that a person chooses becomes a grant; a closed dialog changes nothing', async ({
  app,
  window,
  api,
  scratch,
}) => {
  const chosen = join(scratch, 'scene.tif');
  writeFileSync(chosen, 'x');
  await answerOpenDialog(app, null);
  expect(await native(window, 'pickInput', { kind: 'raster' })).toEqual({ ok: true, value: null });
  expect((await api('listGrants', {})).grants).toEqual([]);
  await answerOpenDialog(app, chosen);
  expect(await native(window, 'pickInput', { kind: 'raster' })).toMatchObject({
    ok: true,
    value: { grant: { path: chosen, kind: 'file' } },
  });
  expect((await api('listGrants', {})).grants).toEqual([expect.objectContaining({ path: chosen, kind: 'file' })]);
});

test('a task file is read whole and its folder granted; what is no task file is refused', async ({
  app,
  window,
  api,
  scratch,
}) => {
  const folder = join(scratch, 'tasks');
  mkdirSync(folder);
  const file = join(folder, 'summary.yaml');
  writeFileSync(file, 'task_name: é\n');
  await answerOpenDialog(app, file);
  expect(await native(window, 'openTaskFile', null)).toMatchObject({
    ok: true,
    value: { name: 'summary.yaml', text: 'task_name: é\n', grant: { path: folder, kind: 'folder' } },
  });
  writeFileSync(file, 'x'.repeat(65 * 1024));
  expect(await native(window, 'openTaskFile', null)).toMatchObject({ ok: false, error: { code: 'invalid_task' } });
  expect((await api('listGrants', {})).grants).toHaveLength(1);
});

test('a run’s file is copied to where a person says, and never over what Transect wrote', async ({
  app,
  window,
  api,
  scratch,
  dataRoot,
}) => {
  const { id: jobId } = await runExample(api);
  const folder = join(dataRoot, 'outputs', 'jobs', jobId);
  const copy = join(scratch, 'copy.html');
  await answerSaveDialog(app, copy);
  expect(await native(window, 'saveCopy', { jobId, path: 'report.html' })).toEqual({
    ok: true,
    value: { name: 'copy.html' },
  });
  expect(readFileSync(copy)).toEqual(readFileSync(join(folder, 'report.html')));
  await answerSaveDialog(app, join(folder, 'status.json'));
  const before = readFileSync(join(folder, 'status.json'), 'utf8');
  expect(await native(window, 'saveCopy', { jobId, path: 'report.html' })).toMatchObject({ error: { code: 'denied' } });
  expect(readFileSync(join(folder, 'status.json'), 'utf8')).toBe(before);
  symlinkSync('/etc/passwd', join(folder, 'link'));
  for (const path of ['link', '../../../transect.yaml', '/etc/passwd'])
    expect(await native(window, 'saveCopy', { jobId, path }), path).toMatchObject({ ok: false });
});

test('a run’s files are shown in the file manager, and nothing else is', async ({ app, window, api, dataRoot }) => {
  const { id: jobId } = await runExample(api);
  const folder = join(dataRoot, 'outputs', 'jobs', jobId);
  const opened = await catchOpened(app);
  expect(await native(window, 'showInFolder', { jobId, path: 'report.html' })).toEqual({ ok: true, value: null });
  expect(await native(window, 'showInFolder', { jobId, path: '' })).toEqual({ ok: true, value: null });
  expect(await native(window, 'showInFolder', { jobId, path: '../..' })).toMatchObject({ error: { code: 'denied' } });
  expect(await opened()).toEqual([join(folder, 'report.html'), folder]);
});

test('only https addresses go to the browser, after a question', async ({ app, window }) => {
  const asked = await answerQuestions(app, 0);
  const opened = await catchOpened(app);
  for (const url of ['http://example.org/', 'file:///etc/passwd', 'javascript:alert(1)', 'https://a:b@example.org/'])
    expect(await native(window, 'openExternal', { url }), url).toMatchObject({ error: { code: 'denied' } });
  expect(await asked()).toEqual([]);
  expect(await native(window, 'openExternal', { url: 'https://example.org/x' })).toEqual({ ok: true, value: null });
  expect(await asked()).toEqual([expect.objectContaining({ detail: 'https://example.org/x' })]);
  expect(await opened()).toEqual(['https://example.org/x']);
});

test('text is copied, the theme is set, and both are remembered by the desktop', async ({ app, window, scratch }) => {
  await native(window, 'copyText', { text: 'a line\nand é' });
  expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe('a line\nand é');
  await native(window, 'setTheme', { theme: 'dark' });
  expect(await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark');
  expect(await window.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true);
  expect(JSON.parse(readFileSync(join(scratch, 'user-data', 'window.json'), 'utf8'))).toMatchObject({ theme: 'dark' });
});

test('what is asked in a wrong way is refused with a reason', async ({ window }) => {
  expect(await native(window, 'nothing', null)).toMatchObject({ ok: false, error: { code: 'denied' } });
  expect(await native(window, 'copyText', { text: 5 })).toMatchObject({ ok: false, error: { code: 'bad_data' } });
});

test('the menu’s commands arrive in the window', async ({ app, window }) => {
  await window.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heardCommands: heard });
    const bridge = Reflect.get(globalThis, 'transect') as NativeBridge;
    bridge.on((name, event) => {
      if (name === 'command') heard.push(event);
    });
  });
  await clickMenu(app, 'go-jobs');
  await expect
    .poll(() => window.evaluate(() => Reflect.get(globalThis, 'heardCommands') as unknown))
    .toEqual([{ id: 'go-jobs' }]);
});

test('a click on a notice brings the window to that job', async ({ app, window, complaints }) => {
  // The job is not there.
  complaints.allow(/status of 404/);
  const jobId = '20261122t014448z-example-ssjahd';
  await app.evaluate(({ BrowserWindow, Notification }) => {
    Notification.isSupported = () => true;
    Notification.prototype.show = function () {
      Object.assign(globalThis, { notice: this });
    };
    BrowserWindow.getAllWindows()[0]?.hide();
  });
  await window.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heardPlaces: heard });
    (Reflect.get(globalThis, 'transect') as NativeBridge).on((name, event) => {
      if (name === 'openPlace') heard.push(event);
    });
  });
  const reply = await native(window, 'notify', {
    title: 'A job has ended',
    body: 'It succeeded.',
    place: { kind: 'job', jobId },
  });
  expect(reply).toEqual({ ok: true, value: null });
  const shown = await app.evaluate(({ BrowserWindow }) => {
    const notice = Reflect.get(globalThis, 'notice') as Electron.Notification;
    notice.emit('click');
    return { title: notice.title, body: notice.body, visible: BrowserWindow.getAllWindows()[0]?.isVisible() };
  });
  expect(shown).toEqual({ title: 'A job has ended', body: 'It succeeded.', visible: true });
  await expect
    .poll(() => window.evaluate(() => Reflect.get(globalThis, 'heardPlaces') as unknown))
    .toEqual([{ kind: 'job', jobId }]);
});

test('maps can draw, on machines without a graphics card as well', async ({ window }) => {
  const made = await window.evaluate(() => document.createElement('canvas').getContext('webgl2') !== null);
  expect(made).toBe(true);
});
