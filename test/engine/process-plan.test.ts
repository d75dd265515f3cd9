import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { LaunchSpec } from '../../src-main/engine/backends/backend.ts';
import { Bubblewrap } from '../../src-main/engine/backends/process/bubblewrap.ts';
import { endingOf } from '../../src-main/engine/backends/process/ending.ts';
import { startTimeOf } from '../../src-main/engine/backends/process/identity.ts';
import { planProcess } from '../../src-main/engine/backends/process/plan.ts';
import {
  familyOf,
  innermost,
  processTable,
  residentBytes,
} from '../../src-main/engine/backends/process/process-table.ts';
import { ProcessBackend } from '../../src-main/engine/backends/process/process-backend.ts';
import { seccompFilter } from '../../src-main/engine/backends/process/seccomp.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import { endProcess } from '../helpers/programs.ts';

const jobId = makeJobId('plan', new Date('2026-01-02T03:04:05Z'), Uint8Array.from([0, 1, 2, 3, 4, 5]));
const folder = `/root/outputs/jobs/${jobId}`;
const records = `/root/records/jobs/${jobId}`;

function taskOf(inputs: string, more = ''): Task {
  const analysis = inputs.includes('raster') ? '{type: raster_summary}' : '{type: band_index, index: ndvi}';
  const text = `task_name: plan\noutput_dir: /data/outputs/jobs/plan\ninputs: ${inputs}\nanalysis: ${analysis}\noutputs: {}\n${more}`;
  return requireTask(Buffer.from(text)).task;
}

function specOf(task: Task, more: Partial<LaunchSpec> = {}): LaunchSpec {
  return {
    ...{ jobId, taskName: 'plan', folder, records, offline: false, timeoutSec: 60, memoryMb: 1_000, attempt: 1 },
    ...{ task, inputs: [], secrets: () => Promise.resolve(new Map()) },
    ...more,
  };
}

const host = {
  node: '/node',
  worker: '/programs/worker.js',
  root: '/root',
  prlimit: '/usr/bin/prlimit',
  bubblewrap: new Bubblewrap('/usr/bin/bwrap', '/node', '/usr/bin/prlimit'),
  env: { HOME: '/home/me', AWS_SECRET_ACCESS_KEY: 'hunter2', HTTPS_PROXY: 'http://me:pw@proxy', LD_PRELOAD: 'x.so' },
};
const place = {
  folder: '/run/r',
  secrets: '/run/r/secrets',
  policy: '/run/r/p',
  egress: '/run/r/e',
  socket: '/run/r/e/s',
};
const web = taskOf('{raster: "https://example.com/a.tif"}');
const worker = [
  ...['/node', '--max-old-space-size=1000', '/programs/worker.js', '--task', `${folder}/task.yaml`, '--out', folder],
  ...['--job-id', jobId, '--inputs', `${records}/inputs.json`],
];
const dataBytes = (1_000 + 640 + 1_200) * 1_048_576;

/** Every place of `option` in a command line, with the `count` words after it. */
function each(args: readonly string[], option: string, count: number): string[] {
  return args.flatMap((word, index) => (word === option ? [args.slice(index + 1, index + 1 + count).join(' ')] : []));
}

describe('planProcess without walls', () => {
  it('limits memory, names every path, passes only what a worker needs, and says what is open', () => {
    const plan = planProcess(specOf(web), host, place, false);
    expect(plan).toMatchObject({
      command: '/usr/bin/prlimit',
      args: [`--data=${dataBytes}`, '--core=0', '--', ...worker],
      cwd: folder,
      policy: null,
      isolation: { sandbox: 'none', network: 'host', filesRead: 'user', systemCalls: 'all', memoryBytes: dataBytes },
    });
    expect(plan.env).toEqual({
      ...{
        HTTPS_PROXY: 'http://me:pw@proxy',
        NODE_USE_ENV_PROXY: '1',
        MALLOC_MMAP_THRESHOLD_: '131072',
        PATH: '/usr/bin:/bin',
        LANG: 'C.UTF-8',
        TZ: 'UTC',
      },
      ...{ TRANSECT_JOB_ID: jobId, TRANSECT_TIMEOUT_SEC: '60' },
    });
  });

  it('claims no memory limit where the system has no prlimit', () => {
    const { command, isolation } = planProcess(
      specOf(web, { offline: true }),
      { ...host, prlimit: null },
      place,
      false,
    );
    expect([command, isolation.memoryBytes, isolation.memoryOf]).toEqual(['/node', null, null]);
  });

  it('goes into the record without the values of the environment', () => {
    const text = JSON.stringify(
      new ProcessBackend({ ...host, bubblewrap: new Bubblewrap(null, '/node', null) }).plan(specOf(web)),
    );
    expect(text).not.toMatch(/hunter2|me:pw/);
    expect(text).toContain('HTTPS_PROXY');
  });
});

describe('planProcess with walls', () => {
  it('shows the system, the worker and the inputs to read, and one folder to write', () => {
    const { args, isolation } = planProcess(specOf(web), host, place, true);
    expect(args.slice(0, 5)).toEqual([`--data=${dataBytes}`, '--core=0', '--', '/usr/bin/bwrap', '--unshare-all']);
    expect(args.slice(args.lastIndexOf('--') + 1)).toEqual(worker);
    // Root is exempt from a limit of processes: it is not asked for then, and not claimed.
    const limits = process.getuid?.() === 0 ? [] : ['--nproc=512'];
    expect(args.filter((word) => word.startsWith('--nproc'))).toEqual(limits);
    expect(isolation.processes).toBe(limits.length === 0 ? null : 512);
    expect(each(args, '--bind', 2)).toEqual([`${folder} ${folder}`]);
    expect(each(args, '--ro-bind', 2)).toContain('/programs /programs');
    expect(each(args, '--seccomp', 1)).toEqual(['3']);
    expect(args).not.toContain('--die-with-parent');
    expect(isolation).toMatchObject({ sandbox: 'bubblewrap', systemCalls: 'no_new_processes', filesRead: 'inputs' });
  });

  it('has no way out without a need, and a proxy that admits what the task names', () => {
    const local = planProcess(specOf(taskOf('{raster: a.tif}')), host, place, true);
    expect([local.isolation.network, local.policy]).toEqual(['none', null]);
    expect(JSON.stringify([local.env, local.args])).not.toMatch(/proxy|egress/i);
    const offline = planProcess(specOf(web, { offline: true }), host, place, true);
    expect(offline.isolation.network).toBe('none');
    const online = planProcess(specOf(web), host, place, true);
    expect(online.policy).toMatchObject({ hosts: ['example.com'], named: ['example.com'], search: false });
    expect(online.env).toMatchObject({ HTTPS_PROXY: 'http://127.0.0.1:3128', NODE_USE_ENV_PROXY: '1' });
    expect(each(online.args, '--ro-bind', 2)).toContain('/run/r/e /run/transect/egress');
    const search = planProcess(specOf(taskOf('{stac_api: "https://example.com", collection: c}')), host, place, true);
    expect(search.policy?.search).toBe(true);
  });

  it('shows a raster alone, an item with its folder, and never the workspace’s own files', () => {
    const raster = specOf(taskOf('{raster: a.tif}'), { inputs: [{ name: 'a.tif', path: '/home/me/data/a.tif' }] });
    const shown = (spec: LaunchSpec) => each(planProcess(spec, host, place, true).args, '--ro-bind-try', 1);
    expect(shown(raster)).toEqual(['/home/me/data/a.tif']);
    const item = (path: string) => specOf(taskOf('{items: [item.json]}'), { inputs: [{ name: 'item.json', path }] });
    expect(shown(item('/home/me/data/item.json'))).toEqual(['/home/me/data']);
    expect(shown(item('/item.json'))).toEqual(['/item.json']);
  });

  it('gives secrets as files that can’t be changed, by the name of their folder only', () => {
    const spec = specOf(taskOf('{raster: a.tif}', 'secrets: {TOKEN: {secret: my-token}}\n'));
    const { args, env } = planProcess(spec, host, place, true);
    expect(each(args, '--ro-bind', 2)).toContain('/run/r/secrets /run/transect/secrets');
    expect(env['TRANSECT_SECRETS_DIR']).toBe('/run/transect/secrets');
    expect(planProcess(spec, host, place, false).env['TRANSECT_SECRETS_DIR']).toBe('/run/r/secrets');
  });
});

describe('seccompFilter', () => {
  /** Runs the filter as the kernel would, on a call of a program. */
  function answer(filter: Buffer, call: { arch: number; number: number; argument?: number }): number {
    const data = Buffer.alloc(64);
    data.writeUInt32LE(call.number, 0);
    data.writeUInt32LE(call.arch, 4);
    data.writeUInt32LE(call.argument ?? 0, 16);
    let register = 0;
    for (let at = 0; ; at += 1) {
      const [code, then, otherwise, k] = [
        filter.readUInt16LE(at * 8),
        filter.readUInt8(at * 8 + 2),
        filter.readUInt8(at * 8 + 3),
        filter.readUInt32LE(at * 8 + 4),
      ];
      if (code === 0x06) return k;
      if (code === 0x20) register = data.readUInt32LE(k);
      else {
        const holds = code === 0x15 ? register === k : code === 0x35 ? register >= k : (register & k) !== 0;
        at += holds ? then : otherwise;
      }
    }
  }
  const allow = 0x7fff0000;
  const error = (code: number) => 0x00050000 + code;

  it.each([
    { name: 'x64', arch: 0xc000003e, clone: 56, socket: 41, read: 0, unshare: 272 },
    { name: 'arm64', arch: 0xc00000b7, clone: 220, socket: 198, read: 63, unshare: 97 },
  ] as const)('$name: threads and the network’s families, no processes, no other processor', (call) => {
    const filter = seccompFilter(call.name) ?? Buffer.alloc(0);
    const { arch } = call;
    expect(answer(filter, { arch, number: call.read })).toBe(allow);
    expect(answer(filter, { arch, number: call.clone, argument: 0x3d0f00 })).toBe(allow);
    expect(answer(filter, { arch, number: call.clone, argument: 0x11 })).toBe(error(1));
    expect(answer(filter, { arch, number: call.unshare })).toBe(error(1));
    expect(answer(filter, { arch, number: 435 })).toBe(error(38));
    expect(answer(filter, { arch, number: 425 })).toBe(error(1));
    for (const family of [1, 2, 10, 16])
      expect(answer(filter, { arch, number: call.socket, argument: family })).toBe(allow);
    for (const family of [0, 17, 38, 40])
      expect(answer(filter, { arch, number: call.socket, argument: family })).toBe(error(97));
    expect(answer(filter, { arch, number: 0x40000000 + call.read })).toBe(error(38));
    expect(answer(filter, { arch: 0x40000003, number: call.read })).toBe(0x80000000);
  });

  it('is not made up for other processors', () => {
    expect(seccompFilter('ppc64')).toBeNull();
  });
});

describe('familyOf', () => {
  const row = (pid: number, parent: number, group: number) => ({ pid, parent, group });
  const table = [row(9, 5, 3), row(1, 0, 1), row(3, 1, 3), row(4, 3, 3), row(5, 4, 3), row(7, 1, 3), row(8, 1, 8)];

  it('is a process, all below it, and its group', () => {
    expect(familyOf(3, table).map(({ pid }) => pid)).toEqual([9, 3, 4, 5, 7]);
    expect(familyOf(4, table).map(({ pid }) => pid)).toEqual([9, 4, 5]);
    expect(familyOf(2, table)).toEqual([]);
  });

  it('has an innermost process, the one that a signal is for', () => {
    expect(innermost(3, table)).toBe(9);
    expect(innermost(8, table)).toBe(8);
  });

  it('knows what this process holds', () => {
    const own = processTable().find(({ pid }) => pid === process.pid);
    expect(own?.parent).toBe(process.ppid);
    expect(own === undefined ? 0 : residentBytes(own)).toBeGreaterThan(20_000_000);
  });
});

describe('endingOf', () => {
  it('tells a signal from an exit code, also through a sandbox', () => {
    expect(endingOf(null, 'SIGKILL', false)).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(endingOf(137, null, true)).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(endingOf(139, null, true)).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
    expect(endingOf(137, null, false)).toMatchObject({ exitCode: 137, signal: null });
    for (const code of [0, 1, 78, 124, 130])
      expect(endingOf(code, null, true)).toMatchObject({ exitCode: code, signal: null });
  });
});

describe('startTimeOf', () => {
  it('tells two processes apart, and knows when one is gone', async () => {
    const children = [0, 1].map(() =>
      spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' }),
    );
    const [first = 0, second = 0] = children.map(({ pid }) => pid);
    const before = await startTimeOf(first);
    expect(before).not.toBeNull();
    expect(await startTimeOf(first)).toBe(before);
    for (const pid of [first, second]) await endProcess(pid);
    expect(await startTimeOf(first)).toBeNull();
    expect(await startTimeOf(2 ** 22 + 1)).toBeNull();
  });
});
