import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from './helpers/temp.ts';

const electron = resolve(import.meta.dirname, '../node_modules/electron');
const pathFile = join(electron, 'path.txt');
const installed = existsSync(pathFile);
if (!installed)
  console.warn('Skipping Electron: set-up could not fetch it (node scripts/ensure-electron.mjs says why).');
const headless = process.platform === 'linux' && (process.env['DISPLAY'] ?? '') === '';
const canShow = !headless || existsSync('/usr/bin/xvfb-run');
if (!canShow)
  console.warn('Skipping Electron: there is no display, and xvfb-run is not installed (apt-get install xvfb xauth).');

const main = `
const { app, BrowserWindow } = require('electron');
app.whenReady().then(async () => {
  const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, contextIsolation: true } });
  await window.loadURL('data:text/html,<title>Transect</title>');
  const node = await window.webContents.executeJavaScript('typeof require + typeof process');
  process.stdout.write(JSON.stringify({ title: window.getTitle(), node, electron: process.versions.electron, packaged: app.isPackaged }));
  app.exit(0);
});`;

/** The window comes with the next part; what it will stand on is proved here. */
test.skipIf(!installed || !canShow)('the Electron that set-up fetched opens a sandboxed window', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'main.cjs'), main);
  const binary = join(electron, 'dist', readFileSync(pathFile, 'utf8').trim());
  const isRoot = process.getuid?.() === 0;
  const args = [
    ...(isRoot ? ['--no-sandbox'] : []),
    `--user-data-dir=${join(folder, 'data')}`,
    join(folder, 'main.cjs'),
  ];
  const command = headless ? ['/usr/bin/xvfb-run', '-a', binary] : [binary];
  const child = spawn(command[0] ?? '', [...command.slice(1), ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const code = await new Promise((done) => child.on('close', done));
  expect(code).toBe(0);
  const version = readFileSync(join(electron, 'dist/version'), 'utf8').trim().replace(/^v/, '');
  expect(JSON.parse(printed)).toEqual({
    title: 'Transect',
    node: 'undefinedundefined',
    electron: version,
    packaged: false,
  });
});
