import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { say, step } from './console.mjs';
import { cache } from './paths.mjs';
import { output, run } from './process.mjs';

const failure = join(cache, 'apt-failed');
const retryAfterMs = 3_600_000;

// What a bare Debian 12 lacks: the wall around plain processes (bubblewrap), what Electron needs to open a window
// (shared/reference/electron.md, section 2), and for tests Python (python3-gdal brings GDAL's own COG validator), a dockerd of
// their own with a registry, a clock that can be turned, and a program without libraries for images.
const oracle = ['iproute2', 'python3', 'python3-gdal', 'python3-venv'];
const containers = ['busybox-static', 'docker-registry', 'docker.io', 'faketime', 'iptables'];
const walls = ['bubblewrap'];
const electron = ['libasound2', 'libgbm1', 'libgtk-3-0', 'libnss3'];
const virtualScreen = ['xauth', 'xvfb'];
// Ubuntu 24.04 and Debian 13 renamed these for 64-bit time; either name will do.
const renamed = { libasound2: 'libasound2t64', 'libgtk-3-0': 'libgtk-3-0t64' };

/**
 * The Debian packages that the window, and with `oracle` the tests, use and that are missing here; none where there is no dpkg.
 * A virtual screen is for machines without a display.
 */
export function missingSystemPackages(options) {
  const headless = !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  // Debian's docker.io would take the place of a Docker that came from elsewhere.
  const otherDocker = existsSync('/usr/bin/dockerd');
  const testing = options.oracle
    ? [...oracle, ...containers.filter((name) => name !== 'docker.io' || !otherDocker)]
    : [];
  const wanted = [...testing, ...walls, ...electron, ...(headless || options.oracle ? virtualScreen : [])];
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-query')) return [];
  const names = [...wanted, ...Object.values(renamed)];
  // dpkg-query exits 1 when it doesn't know one of the names, so the shell swallows that.
  const query = `dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' ${names.join(' ')} 2>/dev/null || true`;
  const installed = new Set((output('/bin/sh', ['-c', query]) ?? '').split('\n'));
  const has = (name) => installed.has(`${name} installed`);
  return wanted.filter((name) => !has(name) && !(renamed[name] !== undefined && has(renamed[name])));
}

/**
 * Installs the packages when we are root on Debian, else prints the one command. Never an error: what needs a package
 * says so itself. After a failure it isn't tried again for an hour, so that a machine without a mirror isn't slowed.
 */
export async function installSystemPackages(packages) {
  const names = packages.map((name) =>
    renamed[name] !== undefined && !known(name) && known(renamed[name]) ? renamed[name] : name,
  );
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    say(`the window and some tests want system packages. Install them with: sudo ${command}`);
    return;
  }
  if (failedRecently(command)) {
    say(`apt-get failed less than an hour ago. Install by hand: ${command}`);
    return;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env, stdio: ['ignore', 'ignore', 2] };
  const [program, ...args] = command.split(' ');
  const install = () => run(program, ['-qq', ...args], quiet);
  const ok = await step(`system packages (${names.join(', ')})`, async () => {
    if (aptListsPresent() && (await install()) === 0) return true;
    return (await run(program, ['-qq', 'update'], quiet)) === 0 && (await install()) === 0;
  });
  if (ok) {
    rmSync(failure, { force: true });
    return;
  }
  mkdirSync(dirname(failure), { recursive: true });
  writeFileSync(failure, JSON.stringify({ command, at: Date.now() }));
  say(`could not install system packages. Install them by hand: ${command}`);
}

function known(name) {
  const policy = output('apt-cache', ['policy', name]);
  return policy !== null && /Candidate: (?!\(none\))/.test(policy);
}

function aptListsPresent() {
  try {
    return readdirSync('/var/lib/apt/lists').some((name) => name.includes('_Packages'));
  } catch {
    return false;
  }
}

function failedRecently(command) {
  try {
    const last = JSON.parse(readFileSync(failure, 'utf8'));
    return last.command === command && Date.now() - last.at < retryAfterMs;
  } catch {
    return false;
  }
}
