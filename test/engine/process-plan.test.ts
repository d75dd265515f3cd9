import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { startTimeOf } from '../../src-main/engine/backends/process/identity.ts';
import { planProcess } from '../../src-main/engine/backends/process/plan.ts';
import { ProcessBackend } from '../../src-main/engine/backends/process/process-backend.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import { endProcess } from '../helpers/programs.ts';

const jobId = makeJobId('plan', new Date('2026-01-02T03:04:05Z'), Uint8Array.from([0, 1, 2, 3, 4, 5]));
const spec = {
  jobId,
  taskName: 'plan',
  folder: `/root/outputs/jobs/${jobId}`,
  records: `/root/records/jobs/${jobId}`,
  offline: false,
  timeoutSec: 60,
  memoryMb: 1_000,
  attempt: 1,
};
const host = {
  node: '/node',
  worker: '/worker.js',
  prlimit: '/usr/bin/prlimit',
  env: { HOME: '/home/me', AWS_SECRET_ACCESS_KEY: 'hunter2', HTTPS_PROXY: 'http://me:pw@proxy', LD_PRELOAD: 'x.so' },
};

describe('planProcess', () => {
  it('limits memory, names every path, and passes only what a worker needs', () => {
    expect(planProcess(spec, host)).toEqual({
      command: '/usr/bin/prlimit',
      args: [
        `--data=${(1_000 + 640 + 1_200) * 1_048_576}`,
        '--core=0',
        '--',
        '/node',
        '--max-old-space-size=1000',
        '/worker.js',
        '--task',
        `/root/outputs/jobs/${jobId}/task.yaml`,
        '--out',
        `/root/outputs/jobs/${jobId}`,
        '--job-id',
        jobId,
        '--inputs',
        `/root/records/jobs/${jobId}/inputs.json`,
      ],
      cwd: `/root/outputs/jobs/${jobId}`,
      env: {
        HTTPS_PROXY: 'http://me:pw@proxy',
        NODE_USE_ENV_PROXY: '1',
        PATH: '/usr/bin:/bin',
        LANG: 'C.UTF-8',
        TZ: 'UTC',
        TRANSECT_JOB_ID: jobId,
        TRANSECT_TIMEOUT_SEC: '60',
      },
      isolation: {
        kind: 'process',
        restricted: [
          'environment (minimal)',
          'process group (own)',
          'data memory (2840 MiB, of which 1000 MiB for the task)',
        ],
        unrestricted: ['files of this user', 'network', 'processor time'],
      },
    });
  });

  it('says what it cannot restrict where the system has no prlimit', () => {
    const { command, isolation } = planProcess({ ...spec, offline: true }, { ...host, prlimit: null });
    expect(command).toBe('/node');
    expect(isolation.unrestricted).toContain('data memory');
  });

  it('goes into the record without the values of the environment', () => {
    const text = JSON.stringify(new ProcessBackend(host).plan(spec));
    expect(text).not.toMatch(/hunter2|me:pw/);
    expect(text).toContain('HTTPS_PROXY');
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
