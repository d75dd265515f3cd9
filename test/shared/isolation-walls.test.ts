import { describe, expect, it } from 'vitest';
import { isolationOf, wallsOf } from '../../src-shared/isolation-walls.ts';
import type { IsolationAsked, IsolationProbe, WallId } from '../../src-shared/isolation.ts';
import { wallIds } from '../../src-shared/isolation.ts';
import { Isolation } from '../../src-shared/job.ts';
import { nothingAsked } from '../helpers/nothing-asked.ts';

const container: IsolationAsked = {
  kind: 'container',
  sandbox: 'docker',
  uid: 10_001,
  unprivileged: true,
  systemCalls: 'default_filter',
  minimalEnvironment: true,
  filesRead: 'inputs',
  filesWritten: 'outputs',
  network: 'none',
  hosts: [],
  memoryBytes: 1_073_741_824,
  memoryOf: 'all',
  cpus: 2,
  processes: 256,
  diskBytes: 2_147_483_648,
};
/** A worker in a container that is as it was asked for. */
const inside: IsolationProbe = {
  platform: 'linux',
  uid: 10_001,
  gid: 10_001,
  capEff: '0000000000000000',
  capBnd: '0000000000000000',
  noNewPrivs: true,
  seccomp: 2,
  canStartProcesses: true,
  writable: ['/tmp (private)'],
  readable: [],
  interfaces: [],
  hasRoute: false,
  proxied: false,
  memoryBytes: 1_073_741_824,
  memoryOf: 'all',
  cpus: 2,
  processes: 256,
  environment: ['HOME', 'NODE_VERSION', 'PATH', 'TRANSECT_JOB_ID', 'TZ'],
};
/** A worker of a person on an ordinary machine. */
const outside: IsolationProbe = {
  platform: 'linux',
  uid: 1000,
  gid: 1000,
  capEff: '0000000000000000',
  capBnd: '000001ffffffffff',
  noNewPrivs: false,
  seccomp: 0,
  canStartProcesses: true,
  writable: ['home folder', '/tmp', 'other runs'],
  readable: ['home folder', 'other runs'],
  interfaces: ['eth0', 'wlan0'],
  hasRoute: true,
  proxied: false,
  memoryBytes: null,
  memoryOf: null,
  cpus: null,
  processes: 96_343,
  environment: ['EDITOR', 'PATH', 'SSH_AUTH_SOCK'],
};
const elsewhere: IsolationProbe = {
  ...outside,
  platform: 'darwin',
  capEff: null,
  capBnd: null,
  noNewPrivs: null,
  seccomp: null,
  canStartProcesses: null,
  writable: null,
  readable: null,
  hasRoute: null,
  processes: null,
};

function rows(asked: IsolationAsked, probe: IsolationProbe | null) {
  return wallsOf(asked, probe).map((wall) => [wall.id, wall.asked, wall.had, wall.verdict]);
}

function wall(id: WallId, asked: Partial<IsolationAsked>, probe: Partial<IsolationProbe>) {
  const found = wallsOf({ ...container, ...asked }, { ...inside, ...probe }).find((one) => one.id === id);
  return [found?.asked, found?.had, found?.verdict];
}

describe('the walls of a run', () => {
  it('held as asked', () => {
    expect(rows(container, inside)).toEqual([
      ['user', 'user 10001', 'user 10001', 'held'],
      ['privileges', 'no capabilities, and no way to gain any', 'no capabilities, no way to gain any', 'held'],
      ['system_calls', 'the container engine’s filter', 'a filter, new processes allowed', 'held'],
      ['environment', 'what the worker needs only', '5 variables, all of them needed', 'held'],
      [
        'files_read',
        'its inputs, the worker and the system’s libraries only',
        'its inputs, the worker and the system’s libraries only',
        'held',
      ],
      [
        'files_written',
        'its own folders and a private temporary folder only',
        'its own folder and, private to it, /tmp',
        'held',
      ],
      ['network', 'none', 'no route to the outside (no interface)', 'held'],
      ['memory', 'at most 1024 MiB in all', 'at most 1024 MiB in all', 'held'],
      ['processor', 'at most 2 processors', 'at most 2 processors', 'held'],
      ['processes', 'at most 256 processes and threads', 'at most 256 processes and threads', 'held'],
      ['disk', 'at most 2048 MiB in its own folder, held by counting', null, 'unmeasured'],
    ]);
  });

  it('asked for and not there', () => {
    expect(rows(container, outside)).toEqual([
      ['user', 'user 10001', 'user 1000', 'weaker'],
      [
        'privileges',
        'no capabilities, and no way to gain any',
        'no capabilities, could gain some by a program that grants them',
        'weaker',
      ],
      ['system_calls', 'the container engine’s filter', 'no filter, new processes allowed', 'weaker'],
      ['environment', 'what the worker needs only', 'also: EDITOR, SSH_AUTH_SOCK', 'weaker'],
      [
        'files_read',
        'its inputs, the worker and the system’s libraries only',
        'also: home folder, other runs',
        'weaker',
      ],
      [
        'files_written',
        'its own folders and a private temporary folder only',
        'also: home folder, /tmp, other runs',
        'weaker',
      ],
      ['network', 'none', 'a route to the outside (interface eth0, wlan0)', 'weaker'],
      ['memory', 'at most 1024 MiB in all', 'no limit', 'weaker'],
      ['processor', 'at most 2 processors', 'no limit', 'weaker'],
      ['processes', 'at most 256 processes and threads', 'at most 96343 processes and threads', 'weaker'],
      ['disk', 'at most 2048 MiB in its own folder, held by counting', null, 'unmeasured'],
    ]);
  });

  it('not asked for are open, whatever was found', () => {
    const walls = wallsOf(nothingAsked, outside);
    expect(walls.map(({ id }) => id)).toEqual(wallIds);
    for (const { asked, verdict } of walls) expect([asked, verdict]).toEqual([null, 'open']);
    expect(wallsOf(nothingAsked, inside).every(({ verdict }) => verdict === 'open')).toBe(true);
  });

  it('that no worker measured, or none can measure on this system, are not said to be held', () => {
    for (const { verdict, had } of wallsOf(container, null)) expect([verdict, had]).toEqual(['unmeasured', null]);
    const verdicts = Object.fromEntries(wallsOf(container, elsewhere).map(({ id, verdict }) => [id, verdict]));
    expect(verdicts).toMatchObject({
      user: 'weaker',
      environment: 'weaker',
      network: 'unmeasured',
      memory: 'unmeasured',
    });
  });

  it.each<[WallId, Partial<IsolationAsked>, Partial<IsolationProbe>, string | null, string]>([
    ['user', { uid: 0 }, { uid: 0 }, 'user 0 (root)', 'held'],
    ['privileges', {}, { capEff: '0000000000000400' }, '1 capability, no way to gain any', 'weaker'],
    [
      'privileges',
      {},
      { capEff: '000001ffffffffff', noNewPrivs: false },
      '41 capabilities, could gain some by a program that grants them',
      'weaker',
    ],
    ['system_calls', { systemCalls: 'no_new_processes' }, {}, 'a filter, new processes allowed', 'weaker'],
    [
      'system_calls',
      { systemCalls: 'no_new_processes' },
      { canStartProcesses: false },
      'a filter, no new processes',
      'held',
    ],
    ['system_calls', { systemCalls: 'no_new_processes' }, { canStartProcesses: null }, 'a filter', 'unmeasured'],
    [
      'system_calls',
      { systemCalls: 'no_new_processes' },
      { seccomp: 0, canStartProcesses: null },
      'no filter',
      'weaker',
    ],
    ['files_written', {}, { writable: [] }, 'its own folder', 'held'],
    ['files_written', {}, { writable: ['/tmp (private)', '/dev/shm'] }, 'also: /dev/shm', 'weaker'],
    ['network', { network: 'none' }, { interfaces: ['eth0'] }, 'no route to the outside (interface eth0)', 'weaker'],
    ['network', { network: 'none' }, { proxied: true }, 'no route to the outside but a proxy (no interface)', 'weaker'],
    [
      'network',
      { network: 'proxy', hosts: ['a.test'] },
      { proxied: true, interfaces: ['eth0'] },
      'no route to the outside but a proxy (interface eth0)',
      'held',
    ],
    [
      'network',
      { network: 'proxy' },
      { proxied: true, hasRoute: true },
      'a route to the outside (no interface)',
      'weaker',
    ],
    ['memory', { memoryOf: 'data' }, {}, 'at most 1024 MiB in all', 'held'],
    ['memory', {}, { memoryOf: 'data' }, 'at most 1024 MiB of its own data', 'weaker'],
    ['memory', {}, { memoryBytes: 2_147_483_648 }, 'at most 2048 MiB in all', 'weaker'],
    ['processor', { cpus: 0.5 }, { cpus: 0.5 }, 'at most 0.5 processors', 'held'],
    ['processor', { cpus: 1 }, { cpus: 1 }, 'at most 1 processor', 'held'],
    ['processes', {}, { canStartProcesses: false, processes: 96_343 }, 'no further ones', 'held'],
    ['environment', {}, { environment: ['PATH'] }, '1 variable, all of them needed', 'held'],
    [
      'environment',
      {},
      { environment: ['http_proxy', 'SystemRoot', 'AWS_SECRET_ACCESS_KEY'] },
      'also: AWS_SECRET_ACCESS_KEY',
      'weaker',
    ],
  ])('%s: %j against %j', (id, asked, probe, had, verdict) => {
    expect(wall(id, asked, probe).slice(1)).toEqual([had, verdict]);
  });

  it('names the hosts that a proxy admits, the first of many', () => {
    const hosts = ['a.test', 'b.test', 'c.test', 'd.test', 'e.test', 'f.test', 'g.test'];
    expect(wall('network', { network: 'proxy', hosts }, { proxied: true })[0]).toBe(
      'only through a proxy to a.test, b.test, c.test, d.test, e.test and 2 more',
    );
    expect(wall('network', { network: 'proxy', hosts: [] }, { proxied: true })[0]).toBe(
      'only through a proxy to no host',
    );
  });

  it('are two lists for records: what stood, and what did not', () => {
    const held = Isolation.parse(isolationOf(container, inside));
    expect(held.unrestricted).toEqual([]);
    expect(held.restricted).toContain('User: user 10001');
    expect(held.restricted).toContain('Disk: at most 2048 MiB in its own folder, held by counting (not measured)');
    const open = isolationOf({ ...nothingAsked, minimalEnvironment: true }, outside);
    expect(open.restricted).toEqual([]);
    expect(open.unrestricted).toContain(
      'Environment: also: EDITOR, SSH_AUTH_SOCK (asked for: what the worker needs only)',
    );
    expect(open.unrestricted).toContain('Network: a route to the outside (interface eth0, wlan0)');
    expect(open.unrestricted).toContain('Disk: not restricted');
  });
});
