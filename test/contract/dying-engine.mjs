// Loaded into an engine before its own code (NODE_OPTIONS=--import): counts its changes to the outside world and has it killed,
// as by kill -9, just before the one with the number TRANSECT_TEST_DIE_AT. Changes of files count below the workspace's records
// and outputs. TRANSECT_TEST_POINTS says what counts: `files` (and starting or signalling a process) or `docker` (calls that change something there).
import childProcess from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const dieAt = Number(process.env.TRANSECT_TEST_DIE_AT ?? 0);
const counted = process.env.TRANSECT_TEST_POINTS ?? 'files';
const realAppend = fs.appendFileSync.bind(fs);
const notes = process.env.TRANSECT_TEST_POINTS_FILE;
const realKill = process.kill.bind(process);
let seen = 0;

function point(kind, what) {
  if (kind !== counted) return;
  seen += 1;
  if (notes !== undefined) realAppend(notes, `${seen} ${what}\n`);
  if (seen === dieAt) realKill(process.pid, 'SIGKILL');
}

const isOurs = (path) => typeof path === 'string' && /[/\\](records|outputs)[/\\]/.test(path);
const paths = new Map();

function before(object, name, say) {
  const real = object[name];
  object[name] = function (...args) {
    const what = say(...args);
    if (what !== null) point('files', `${name} ${what}`);
    return real.apply(this, args);
  };
}

const realOpen = fs.openSync;
fs.openSync = function (path, flags, ...rest) {
  const fd = realOpen.call(this, path, flags, ...rest);
  if (isOurs(path)) paths.set(fd, path);
  return fd;
};
const short = (path) => path.split('/').slice(-2).join('/');
before(fs, 'writeSync', (fd) => (paths.has(fd) ? short(paths.get(fd)) : null));
for (const name of ['renameSync', 'linkSync']) before(fs, name, (_, to) => (isOurs(to) ? short(to) : null));
for (const name of ['mkdirSync', 'writeFileSync', 'rmSync', 'unlinkSync', 'chownSync', 'chmodSync'])
  before(fs, name, (path) => (isOurs(path) ? short(path) : null));
for (const name of ['rename', 'writeFile', 'mkdir', 'rm', 'unlink', 'chown'])
  before(fs.promises, name, (path, to) => (isOurs(path) || isOurs(to) ? short(String(path)) : null));
before(childProcess, 'spawn', (command) => String(command).split('/').at(-1));
before(process, 'kill', (pid, signal) => (signal === 0 ? null : `${signal}`));

const realRequest = http.request;
http.request = function (options, ...rest) {
  const method = options?.method ?? 'GET';
  // Attaching, waiting and logs change nothing.
  if (method !== 'GET' && method !== 'HEAD' && !/\/(wait|attach|logs)\b/.test(options?.path ?? ''))
    point('docker', `${method} ${options?.path}`);
  return realRequest.call(this, options, ...rest);
};
syncBuiltinESMExports();
