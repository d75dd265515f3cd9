#!/usr/bin/env node
// Stands in for fpm, which Debian does not have and electron-builder would download: takes the arguments that electron-builder gives
// fpm for a .deb, and has dpkg-deb build it. electron-builder's own scripts (sandbox, AppArmor profile) are kept.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const flags = new Set(['--force', '--debug']);
const { options, pairs } = readArguments(process.argv.slice(2));
if (one('-s') !== 'dir' || one('-t') !== 'deb')
  throw new Error('fpm-dpkg builds a deb from a folder, and nothing else');

const staging = mkdtempSync(join(tmpdir(), 'transect-deb-'));
try {
  for (const [from, to] of pairs) place(from, join(staging, to));
  writeControl();
  const args = ['--root-owner-group', `-Z${process.env.DEB_COMPRESSION ?? 'xz'}`, '--build', staging, one('--package')];
  const result = spawnSync('dpkg-deb', args, { stdio: ['ignore', 2, 2] });
  if (result.status !== 0) throw new Error(`dpkg-deb ended with ${result.status ?? result.error?.message}`);
} finally {
  rmSync(staging, { recursive: true, force: true });
}

/** Options by name, each with all its values; and what goes where, as `FROM=TO`. */
function readArguments(argv) {
  const options = new Map();
  const pairs = [];
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index];
    if (flags.has(arg)) continue;
    if (arg.startsWith('-')) {
      index += 1;
      options.set(arg, [...(options.get(arg) ?? []), argv[index]]);
    } else {
      const split = arg.indexOf('=');
      pairs.push([arg.slice(0, split), arg.slice(split + 1)]);
    }
  }
  return { options, pairs };
}

function one(name) {
  const [value] = options.get(name) ?? [];
  if (value === undefined) throw new Error(`electron-builder gave no ${name}`);
  return value;
}

function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  openFolders(to);
}

/** Folders and files that everybody may read, whatever the umask was. */
function openFolders(path) {
  const stat = statSync(path);
  chmodSync(path, stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openFolders(join(path, name));
}

function writeControl() {
  const folder = join(staging, 'DEBIAN');
  for (const path of [staging, join(staging, 'usr'), join(staging, 'opt')]) chmodSync(path, 0o755);
  const kib = Math.ceil(bytesUnder(staging) / 1024);
  mkdirSync(folder, { mode: 0o755 });
  const [synopsis = '', ...rest] = one('--description').split('\n');
  const fields = [
    ['Package', one('--name')],
    ['Version', one('--version')],
    ['Architecture', one('--architecture')],
    ['Maintainer', one('--maintainer')],
    ['Installed-Size', kib],
    ['Depends', (options.get('-d') ?? []).join(', ')],
    ['Recommends', (options.get('--deb-recommends') ?? []).join(', ')],
    ['Section', 'science'],
    ['Priority', one('--deb-priority')],
    ['Description', [synopsis.trim(), ...rest.map((line) => ` ${line.trim() || '.'}`)].join('\n')],
  ];
  const text = fields.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}\n`);
  writeFileSync(join(folder, 'control'), text.join(''));
  for (const [option, name] of [
    ['--after-install', 'postinst'],
    ['--after-remove', 'postrm'],
  ])
    writeFileSync(join(folder, name), readFileSync(one(option)), { mode: 0o755 });
}

function bytesUnder(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesUnder(join(path, name)), 0);
}
