// Keeps one dockerd for tests, and removes every trace of it when its standard input ends: that is when the program that
// started it is gone, however it went. Argument: the options as JSON (dockerd.mjs). Lines on standard input: `restart`.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const { runtime, data, machine, inside, daemonArgs } = JSON.parse(process.argv[2]);
const cgroupPrefix = 'transect-test-';
const cgroup = `${cgroupPrefix}${process.pid}`;
/** This machine's end of the link into the network namespace. */
const link = `tdk${process.pid}`;
// Where containerd and docker put sockets whatever one tells them; a file system of our own will lie over them.
const masked = ['/run/containerd', '/run/docker'];

writeFileSync(join(runtime, 'keeper'), String(process.pid));
removeCgroups((pid) => !existsSync(`/proc/${pid}`));
mkdirSync(data, { recursive: true });
const made = masked.filter((place) => mkdirSync(place, { recursive: true }) !== undefined);
// A disk that fills at once. It is mounted now, because the daemon sees no later mounts of this machine.
const small = join(runtime, 'small');
mkdirSync(small);
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k,mode=0755', 'tmpfs', small]);
// pdeathsig: should this process be killed itself, the kernel ends what it kept.
const namespaces = ['--net', '--mount', '--propagation', 'slave', '--pid', '--fork', '--kill-child', '--mount-proc'];
const init = [
  'sh',
  join(import.meta.dirname, 'dockerd-init.sh'),
  runtime,
  data,
  inside,
  '--cgroup-parent',
  `/${cgroup}`,
];
const args = ['--pdeathsig', 'KILL', 'unshare', ...namespaces, ...init, ...daemonArgs];
const outer = spawn('setpriv', args, { stdio: ['ignore', 'inherit', 'inherit'] });
outer.on('error', (error) => {
  console.error(error.message);
});
const ended = new Promise((resolve) => outer.once('close', resolve));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
ended.then(clear);

try {
  const pid = await initPid();
  ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'machine0', 'netns', String(pid));
  ip('addr', 'add', `${machine}/30`, 'dev', link);
  ip('link', 'set', link, 'up');
  writeFileSync(join(runtime, 'wired'), '');
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (line === 'restart') restart(pid);
    })
    .on('close', stop);
} catch (error) {
  console.error(error.message);
  stop();
}

/** The process in the new namespaces, as this machine numbers it. */
async function initPid() {
  for (const end = Date.now() + 10_000; Date.now() < end && outer.exitCode === null; await sleep(20)) {
    const children = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim();
    if (children !== '') return Number(children.split(' ')[0]);
  }
  throw new Error('the namespaces could not be made');
}

/** Kills dockerd alone; its init starts it again. */
function restart(pid) {
  const kill = `kill -9 "$(cat '${join(runtime, 'docker.pid')}')"`;
  spawn('nsenter', ['--target', String(pid), '--pid', '--mount', '--', 'sh', '-c', kill], { stdio: 'inherit' });
}

function ip(...words) {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function stop() {
  outer.kill('SIGKILL');
}

async function clear() {
  spawn('ip', ['link', 'del', link], { stdio: 'ignore' });
  // Process 1 of the namespace is dead; the kernel needs a moment to end the others and to let go of their cgroups.
  for (let attempt = 0; attempt < 100 && !removeCgroups((pid) => pid === String(process.pid)); attempt++)
    await sleep(50);
  for (const place of made) remove(() => rmdirSync(place));
  remove(() => execFileSync('umount', ['-l', small]));
  for (const folder of [data, runtime])
    for (let attempt = 0; attempt < 100 && existsSync(folder); attempt++) {
      remove(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
      if (existsSync(folder)) await sleep(50);
    }
  process.exit(0);
}

/** Removes the control groups of test daemons; true when none of them is left. */
function removeCgroups(which) {
  const base = '/sys/fs/cgroup';
  const hierarchies = existsSync(base) ? [base, ...readdirSync(base).map((name) => join(base, name))] : [];
  return hierarchies.every((hierarchy) => {
    if (!statSync(hierarchy).isDirectory()) return true;
    const groups = readdirSync(hierarchy)
      .filter((name) => name.startsWith(cgroupPrefix) && which(name.slice(cgroupPrefix.length)))
      .map((name) => join(hierarchy, name));
    return groups.every(removeTree);
  });
}

function removeTree(group) {
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(group, entry.name));
  return remove(() => rmdirSync(group));
}

function remove(how) {
  try {
    how();
    return true;
  } catch {
    return false;
  }
}
