// A dockerd for tests, with everything of its own: socket, data, network, process and mount namespaces, control groups. The
// machine's docker, firewall and bridges are not touched, and nothing is left when the program that started it ends, however.
// As a program:  node scripts/test/dockerd.mjs COMMAND [ARGS...]   runs a command beside one, with the same environment as tests.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const cache = join(import.meta.dirname, '../../.cache/dockerd');
const needed = ['dockerd', 'containerd', 'runc', 'iptables', 'ip', 'unshare', 'nsenter', 'setpriv'];
/** How long dockerd may take until it answers: a first start on a busy machine. */
const startMs = 90_000;

/** Why no dockerd can be started here, or null when nothing speaks against it. */
export function whyNoDockerd() {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root';
  const missing = needed.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  return missing.length === 0
    ? null
    : `not installed: ${missing.join(', ')} (apt-get install docker.io iptables iproute2)`;
}

/**
 * Starts a dockerd and waits until it answers. It lives until `stop`, or until this process ends. Containers reach this machine
 * at `hostAddress`, and nothing beyond it.
 * @throws Error that says why it did not start
 */
export async function startDockerd({ daemonArgs = [] } = {}) {
  const reason = whyNoDockerd();
  if (reason !== null) throw new Error(reason);
  // A short path: a socket's must have less than 108 bytes.
  const runtime = mkdtempSync(join(tmpdir(), 'transect-dockerd-'));
  const data = join(cache, runtime.slice(-6));
  mkdirSync(cache, { recursive: true });
  forgetDead();
  // 198.18.0.0/15 is set aside for tests of networks (RFC 2544): no real machine has it.
  const block = (process.pid * 8 + (counter++ % 8)) % 32_000;
  const address = (last) => `198.${18 + (block >> 14)}.${(block >> 6) & 255}.${((block & 63) << 2) + last}`;
  const machine = address(1);
  const insecure = ['--insecure-registry', '198.18.0.0/15'];
  const options = { runtime, data, machine, inside: address(2), daemonArgs: [...insecure, ...daemonArgs] };
  const log = openSync(join(runtime, 'dockerd.log'), 'a');
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'dockerd-keeper.mjs'), JSON.stringify(options)], {
    // A session of its own, so that an interrupt from the keyboard reaches it through us alone, after the tests have ended.
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  keeper.stdin.on('error', () => undefined);
  const ended = new Promise((resolve) => keeper.once('close', resolve));
  const stop = async () => {
    keeper.ref();
    keeper.stdin.ref();
    keeper.stdin.end();
    await ended;
  };
  const socket = join(runtime, 'docker.sock');
  for (const end = Date.now() + startMs; !(await answers(socket)); await sleep(50)) {
    if (keeper.exitCode === null && Date.now() < end) continue;
    const said = lastLines(join(runtime, 'dockerd.log'));
    await stop();
    rmSync(runtime, { recursive: true, force: true });
    throw new Error(`dockerd did not start: ${said}`);
  }
  // The keeper must not keep this program alive.
  keeper.unref();
  keeper.stdin.unref();
  return {
    host: `unix://${socket}`,
    hostAddress: machine,
    env: {
      TRANSECT_TEST_DOCKER_HOST: `unix://${socket}`,
      TRANSECT_TEST_HOST_ADDRESS: machine,
      TRANSECT_TEST_SMALL_DISK: join(runtime, 'small'),
    },
    /** Process id of the dockerd of the moment, in its own numbering; null between two of them. */
    pid: async () => {
      const text = await readFile(join(runtime, 'docker.pid'), 'utf8').catch(() => '');
      return text === '' ? null : Number(text);
    },
    /** Kills dockerd with its containers left as they are, and starts it again. Resolves at once. */
    restart: () => keeper.stdin.write('restart\n'),
    stop,
  };
}

let counter = 0;

/** Folders of daemons whose keeper was killed as well. */
function forgetDead() {
  for (const name of readdirSync(cache)) {
    const runtime = join(tmpdir(), `transect-dockerd-${name}`);
    const note = join(runtime, 'keeper');
    const dead = existsSync(note) ? !existsSync(`/proc/${readFileSync(note, 'utf8')}`) : !existsSync(runtime);
    if (dead) spawnSync('umount', ['-lq', join(runtime, 'small')]);
    if (dead) for (const folder of [join(cache, name), runtime]) rmSync(folder, { recursive: true, force: true });
  }
}

function answers(socketPath) {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.end();
  });
}

function lastLines(file) {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n');
  } catch {
    return 'it left no log';
  }
}

if (process.argv[1] === import.meta.filename) {
  const dockerd = await startDockerd();
  const [command, ...args] = process.argv.slice(2);
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...dockerd.env } });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => console.error(error.message));
  child.on('close', (code) => {
    void dockerd.stop().then(() => process.exit(code ?? 1));
  });
}
