// Opens the window on a workspace: npm start [-- --data-root DIR]. Arguments go to the app.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

import { electronBinary, hasDisplay, rootSwitches } from './window/display.mjs';

const root = join(import.meta.dirname, '..');
const args = process.argv.slice(2);
const electron = electronBinary();

if (electron === null) {
  refuse('there is no Electron here. Try again with: node scripts/ensure-electron.mjs --retry');
} else if (!hasDisplay()) {
  refuse(
    `there is no display (DISPLAY is not set). Run it on a desktop, or on a virtual screen: xvfb-run -a npm start${args.length === 0 ? '' : ` -- ${args.join(' ')}`}`,
  );
} else {
  const switches = rootSwitches();
  if (switches.length > 0) console.error('start: running as root, so Chromium’s sandbox is off (--no-sandbox)');
  const child = spawn(electron, [...switches, root, ...args], {
    // Relative paths are the caller's, not the checkout's.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: { ...process.env, TRANSECT_NODE: process.execPath },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => refuse(error.message));
  child.on('close', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

function refuse(reason) {
  console.error(`start: ${reason}`);
  process.exitCode = 1;
}
