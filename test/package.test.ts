import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from './helpers/temp.ts';

const root = resolve(import.meta.dirname, '..');
const electron = join(root, 'node_modules/electron');
const headless = (process.env['DISPLAY'] ?? '') === '';

const obstacle = (() => {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-deb')) return 'packages are made on Debian only.';
  if (!existsSync(join(electron, 'path.txt'))) return 'set-up could not fetch Electron.';
  if (headless && !existsSync('/usr/bin/xvfb-run')) return 'there is no display and no xvfb-run.';
  if (!existsSync(join(root, 'out/renderer/index.html'))) return 'the window is not built (npm run build).';
  return null;
})();
/** Whether this Electron is the registry's, and not the one that package.json names. */
const isFallback = obstacle === null && existsSync(join(electron, 'dist/recipe'));
if (obstacle !== null) console.warn(`Skipping the package: ${obstacle}`);

function run(command: string, args: readonly string[], env = process.env) {
  return spawnSync(command, args, { cwd: root, env, encoding: 'utf8', timeout: 120_000 });
}

describe.skipIf(obstacle !== null)('the package', () => {
  it('is built, and its program does its work from where it is installed', () => {
    const out = join(tempFolder(), 'package');
    const built = run(process.execPath, ['scripts/package.mjs', '--out', out]);
    expect(built.status, built.stderr).toBe(0);
    const deb = readdirSync(out).find((name) => name.endsWith('.deb'))!;
    expect(deb.includes('TEST')).toBe(isFallback);

    const installed = join(tempFolder(), 'installed');
    mkdirSync(installed);
    expect(run('/usr/bin/dpkg-deb', ['-x', join(out, deb), installed]).status).toBe(0);
    const program = [join(installed, 'opt/Transect/transect'), ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
    const [command = '', ...args] = headless ? ['/usr/bin/xvfb-run', '-a', ...program] : program;
    // Nothing of the checkout: neither its Node nor its settings.
    const env = { PATH: '/usr/bin:/bin', HOME: tempFolder(), DISPLAY: process.env['DISPLAY'] };
    const smoke = run(command, [...args, '--smoke'], env);
    expect(JSON.parse(smoke.stdout), smoke.stderr).toMatchObject({
      ok: true,
      state: 'succeeded',
      range: { status: 206 },
    });
    expect(smoke.status).toBe(0);
  }, 120_000);

  it.skipIf(!isFallback)('is never released around the registry’s Electron', () => {
    const refused = run(process.execPath, ['scripts/package.mjs', '--release', '--out', join(tempFolder(), 'x')]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('official');
  });
});
