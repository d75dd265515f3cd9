import { describe, expect, test } from 'vitest';
import type { LaunchSpec } from '../../../src-main/engine/backends/backend.ts';
import { plannedContainer } from '../../../src-main/engine/backends/docker/plan.ts';
import { Bubblewrap } from '../../../src-main/engine/backends/process/bubblewrap.ts';
import { planProcess } from '../../../src-main/engine/backends/process/plan.ts';
import { makeJobId } from '../../../src-shared/job-id.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { summaryTask } from '../../helpers/programs.ts';

const jobId = makeJobId('plan', new Date('2026-01-02T03:04:05Z'), Uint8Array.from([0, 1, 2, 3, 4, 5]));
const cache = { shared: '/root/cache/ranges', own: `/root/cache/new/${jobId}`, maxNewBytes: 1_000 };
const spec: LaunchSpec = {
  ...{ jobId, taskName: 'plan', folder: `/root/outputs/jobs/${jobId}`, records: `/root/records/jobs/${jobId}` },
  ...{ offline: true, timeoutSec: 60, memoryMb: 1_000, attempt: 1, inputs: [], cache },
  task: requireTask(Buffer.from(summaryTask(['https://data.example/a.tif']))).task,
  secrets: () => Promise.resolve(new Map()),
};
const host = {
  ...{ node: '/node', worker: '/programs/worker.js', root: '/root', prlimit: null, env: {} },
  bubblewrap: new Bubblewrap('/usr/bin/bwrap', '/node', null),
};
const place = { folder: '/run/r', secrets: '/run/r/s', policy: '/run/r/p', egress: '/run/r/e', socket: '/run/r/e/s' };

/** The two words after every place of an option. */
function pairs(args: readonly string[], option: string): string[] {
  return args.flatMap((word, index) => (word === option ? [args.slice(index + 1, index + 3).join(' ')] : []));
}

describe('the folders of what was read', () => {
  test('are given to a process: one to read, one to write', () => {
    const words = ['--cache', cache.own, '--cache-from', cache.shared, '--cache-bytes', '1000'];
    const { args } = planProcess(spec, host, place, true);
    expect(args.slice(-words.length)).toEqual(words);
    expect(pairs(args, '--bind')).toEqual([`${spec.folder} ${spec.folder}`, `${cache.own} ${cache.own}`]);
    expect(pairs(args, '--ro-bind')).toContain(`${cache.shared} ${cache.shared}`);
    expect(planProcess(spec, host, place, false).args.slice(-words.length)).toEqual(words);
    expect(planProcess({ ...spec, cache: null }, host, place, true).args).not.toContain('--cache');
  });

  test('are given to a container of the engine’s own user, and to no other', () => {
    const mine = plannedContainer(spec, { uid: 1000, gid: 100 });
    expect(mine['command']).toEqual(expect.arrayContaining(['--cache', '/cache/new', '--cache-from', '/cache/ranges']));
    const { Mounts } = mine['config'] as { Mounts: { Source: string; Target: string; ReadOnly: boolean }[] };
    expect(
      Mounts.filter(({ Target }) => Target.startsWith('/cache')).map((mount) => [mount.Source, mount.ReadOnly]),
    ).toEqual([
      [cache.shared, true],
      [cache.own, false],
    ]);
    expect(JSON.stringify(plannedContainer(spec, { uid: 0, gid: 0 }))).not.toContain('cache');
  });
});
