import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const electron = join(import.meta.dirname, '../../node_modules/electron');

/** Electron's program file, or null when set-up could not fetch it. */
export function electronBinary() {
  try {
    const binary = join(electron, 'dist', readFileSync(join(electron, 'path.txt'), 'utf8').trim());
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/** Whether a window can be seen here. */
export function hasDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY) || Boolean(WAYLAND_DISPLAY);
}

/** What goes before a command that needs a display: nothing where there is one, else a virtual one. Null when none can be had. */
export function withDisplay() {
  if (hasDisplay()) return [];
  return existsSync('/usr/bin/xvfb-run') ? ['/usr/bin/xvfb-run', '-a', '-s', '-screen 0 1600x1200x24'] : null;
}

/** Chromium refuses to run as root with its sandbox on. */
export function rootSwitches() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
