import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IsolationProbe } from '../../src-shared/isolation.ts';
import { measureIsolation } from '../../src-worker/run/isolation-probe.ts';
import { groupLimits } from '../../src-worker/run/probe/cgroup.ts';
import { readablePlaces, writablePlaces } from '../../src-worker/run/probe/places.ts';
import { limitOf, procStatus, softLimit } from '../../src-worker/run/probe/proc-self.ts';
import { hasDefaultRoute } from '../../src-worker/run/probe/reach.ts';
import { tempFolder } from '../helpers/temp.ts';
import { checkEnd, runWorker } from '../helpers/worker-process.ts';
import { copyScenes, ndviTask, ofItems } from './scenes.ts';

const linux = process.platform === 'linux';

describe('what the kernel says', () => {
  it('of rights', () => {
    const text =
      'Name:\tnode\nCapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n';
    expect(procStatus(text)).toEqual({
      capEff: '00000000a80425fb',
      capBnd: '000001ffffffffff',
      noNewPrivs: true,
      seccomp: 2,
    });
    expect(procStatus('Name:\tnode\n')).toEqual({ capEff: null, capBnd: null, noNewPrivs: null, seccomp: null });
    expect(procStatus(null).seccomp).toBeNull();
  });

  it('of limits', () => {
    const text =
      'Limit                     Soft Limit           Hard Limit           Units     \n' +
      'Max data size             2147483648           unlimited            bytes     \n' +
      'Max processes             unlimited            unlimited            processes \n';
    expect(softLimit(text, 'Max data size')).toBe(2_147_483_648);
    expect(softLimit(text, 'Max processes')).toBeNull();
    expect(softLimit(null, 'Max data size')).toBeNull();
    expect(limitOf('9223372036854771712')).toBeNull();
    expect(limitOf('max')).toBeNull();
  });

  it('of control groups, version 2: the tightest from its own group up', () => {
    const root = tempFolder();
    const own = join(root, 'user.slice/run.scope');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'memory.max'), 'max\n');
    writeFileSync(join(own, 'cpu.max'), 'max 100000\n');
    writeFileSync(join(own, 'pids.max'), '64\n');
    writeFileSync(join(root, 'user.slice/memory.max'), '1073741824\n');
    writeFileSync(join(root, 'user.slice/cpu.max'), '150000 100000\n');
    writeFileSync(join(root, 'user.slice/pids.max'), '512\n');
    expect(groupLimits('0::/user.slice/run.scope\n', root)).toEqual({
      memoryBytes: 1_073_741_824,
      cpus: 1.5,
      processes: 64,
    });
    expect(groupLimits('0::/other\n', root)).toEqual({ memoryBytes: null, cpus: null, processes: null });
    expect(groupLimits(null, root).memoryBytes).toBeNull();
  });

  it('of control groups, version 1, also where a container sees its own group as the root', () => {
    const root = tempFolder();
    for (const name of ['memory', 'cpu,cpuacct', 'pids']) mkdirSync(join(root, name));
    writeFileSync(join(root, 'memory/memory.limit_in_bytes'), '268435456\n');
    writeFileSync(join(root, 'cpu,cpuacct/cpu.cfs_quota_us'), '50000\n');
    writeFileSync(join(root, 'cpu,cpuacct/cpu.cfs_period_us'), '100000\n');
    writeFileSync(join(root, 'pids/pids.max'), 'max\n');
    const membership =
      '9:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n2:pids:/docker/abc\n1:name=systemd:/docker/abc\n';
    expect(groupLimits(membership, root)).toEqual({ memoryBytes: 268_435_456, cpus: 0.5, processes: null });
    writeFileSync(join(root, 'cpu,cpuacct/cpu.cfs_quota_us'), '-1\n');
    writeFileSync(join(root, 'memory/memory.limit_in_bytes'), '9223372036854771712\n');
    expect(groupLimits(membership, root)).toEqual({ memoryBytes: null, cpus: null, processes: null });
  });

  it('of routes', () => {
    const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
    const inner = 'eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n';
    const outer = 'eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n';
    const refused = '*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0\n';
    expect(hasDefaultRoute(head, '')).toBe(false);
    expect(hasDefaultRoute(head + inner, null)).toBe(false);
    expect(hasDefaultRoute(head + inner + outer, null)).toBe(true);
    expect(hasDefaultRoute(head + refused, null)).toBe(false);
    const zeros = '0'.repeat(32);
    const v6 = (flags: string, device: string) =>
      `${zeros} 00 ${zeros} 00 fd${'0'.repeat(30)} 00000400 00000002 00000000 ${flags} ${device}\n`;
    expect(hasDefaultRoute(head, v6('00000003', 'eth0'))).toBe(true);
    expect(hasDefaultRoute(head, v6('00200200', 'lo'))).toBe(false);
    expect(hasDefaultRoute(null, null)).toBeNull();
  });
});

describe.runIf(linux)('places', () => {
  it('are tried without a trace', () => {
    const folder = tempFolder();
    const before = statSync(folder).mtimeMs;
    expect(
      writablePlaces(
        [
          { name: 'here', path: folder },
          { name: 'gone', path: join(folder, 'none') },
        ],
        [],
      ),
    ).toEqual(['here']);
    expect(readdirSync(folder)).toEqual([]);
    expect(statSync(folder).mtimeMs).toBe(before);
    expect(writablePlaces([{ name: 'the kernel’s', path: '/proc' }], [])).toEqual([]);
  });

  it('show something when they hold more than the way to what the run was given', () => {
    const home = tempFolder();
    const out = join(home, 'Transect/outputs/jobs/one');
    mkdirSync(out, { recursive: true });
    const places = [
      { name: 'home folder', path: home },
      { name: 'other runs', path: join(out, '..') },
    ];
    const readable = () =>
      readablePlaces(places, out, [out]).filter((name) => name !== 'runtime folder' && name !== 'Docker socket');
    expect(readable()).toEqual([]);
    mkdirSync(join(home, 'Transect/outputs/jobs/two'));
    expect(readable()).toEqual(['other runs']);
    writeFileSync(join(home, '.netrc'), '');
    mkdirSync(join(home, 'Transect/.engine'));
    writeFileSync(join(home, 'Transect/.engine/engine.json'), '');
    expect(readable()).toEqual(['home folder', 'other runs', 'engine’s folder']);
  });
});

const measuring = resolve(import.meta.dirname, '../../src-worker/run/isolation-probe.ts');
/** A user whom nobody is. Without rights, and in no group. */
const nobody = [
  'setpriv',
  '--reuid=10077',
  '--regid=10077',
  '--clear-groups',
  '--bounding-set=-all',
  '--inh-caps=-all',
];

/** Runs a script in a process that another program starts behind walls of its own. */
function runBehind(wall: readonly string[], script: string, env: Record<string, string> = {}) {
  const [command, ...args] = [...wall, process.execPath, '--input-type=module', '-e', script];
  return spawnSync(command, args, { env: { PATH: process.env['PATH'] ?? '', ...env }, encoding: 'utf8' });
}

/** What a process behind these walls measures, after it has done something else. */
function measuredBehind(wall: readonly string[], env: Record<string, string> = {}, first = ''): IsolationProbe {
  const script = `import { measureIsolation } from ${JSON.stringify(measuring)};
    import { execFileSync } from 'node:child_process';
    ${first};
    console.log(JSON.stringify(measureIsolation('/tmp/nothing/outputs/jobs/x', [], process.env)));`;
  const { stdout, stderr } = runBehind(wall, script, env);
  if (stdout === '') throw new Error(stderr);
  return IsolationProbe.parse(JSON.parse(stdout));
}

const isRoot = linux && process.getuid?.() === 0;
/** Whether others may read this clone at all. */
const forOthers = isRoot && runBehind(nobody, `import ${JSON.stringify(measuring)};`).status === 0;
const canUnshare = isRoot && spawnSync('unshare', ['--net', '--mount', 'true']).status === 0;
if (!linux) console.warn('skipped: walls are measured on Linux only');
if (linux && !forOthers) console.warn('skipped: measuring another user needs root, and a clone that others may read');
if (linux && !canUnshare) console.warn('skipped: measuring that there is no network needs root');

describe.runIf(linux)('a process behind real walls', () => {
  it('sees a limit of its data, its environment, and a proxy', () => {
    const probe = measuredBehind(['prlimit', `--data=${3 * 1_073_741_824}`], { HTTPS_PROXY: 'http://127.0.0.1:9' });
    expect(probe.memoryBytes).toBeLessThanOrEqual(3 * 1_073_741_824);
    expect(probe).toMatchObject({ platform: 'linux', proxied: true, environment: ['HTTPS_PROXY', 'PATH'] });
    expect(probe.memoryOf).not.toBeNull();
    expect(probe.canStartProcesses).toBe(true);
  });

  it.runIf(forOthers)('sees that it has no rights and is another user', () => {
    const probe = measuredBehind([...nobody, '--no-new-privs']);
    expect(probe).toMatchObject({ uid: 10_077, gid: 10_077, noNewPrivs: true });
    expect([probe.capEff, probe.capBnd]).toEqual(['0000000000000000', '0000000000000000']);
    expect(probe.writable).not.toContain('/etc');
    expect(probe.writable?.some((place) => place.startsWith('/tmp'))).toBe(true);
  });

  it.runIf(forOthers)('sees that it can start no process', () => {
    const lowered = "execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=1'])";
    expect(measuredBehind(nobody, {}, lowered)).toMatchObject({ processes: 1, canStartProcesses: false });
  });

  it.runIf(canUnshare)('sees that it has no network, and that its temporary folder is its own', () => {
    const probe = measuredBehind([
      'unshare',
      '--net',
      '--mount',
      'sh',
      '-c',
      'mount -t tmpfs none /var/tmp && exec "$@"',
      '-',
    ]);
    expect(probe).toMatchObject({ interfaces: [], hasRoute: false, proxied: false });
    expect(probe.writable).toContain('/var/tmp (private)');
  });
});

describe('the worker', () => {
  it('writes what it measured into its status, whatever becomes of the task', async () => {
    for (const [task, state, code] of [
      [ndviTask(ofItems(copyScenes(1).items)), 'succeeded', 0],
      ['nothing: of a task\n', 'failed', 64],
    ] as const) {
      const { status } = checkEnd(await runWorker(task, { env: { CANARY: 'x' } }), state, code);
      expect(status.isolation).toMatchObject({ platform: process.platform, uid: process.getuid?.() ?? null });
      expect(status.isolation?.environment).toContain('CANARY');
      // Names of places that all machines have, never a path of this one.
      for (const place of [...(status.isolation?.writable ?? []), ...(status.isolation?.readable ?? [])])
        expect(place).toMatch(/^(\/|\/etc|\/usr|\/tmp|\/var\/tmp|\/dev\/shm|[\w’ ]+)( \(private\))?$/);
    }
  });

  it('measures in a moment', () => {
    const out = tempFolder();
    measureIsolation(out, [], {});
    const began = performance.now();
    measureIsolation(out, [], {});
    // Some 8 ms on an idle machine.
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
