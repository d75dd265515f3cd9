import { dirname, join } from 'node:path';
import { limitOf } from './proc-self.ts';
import { readText } from './read-text.ts';

/** The tightest limits of the control groups that this process is in; null for none, or none that can be seen. */
export interface GroupLimits {
  readonly memoryBytes: number | null;
  readonly cpus: number | null;
  readonly processes: number | null;
}

/**
 * Reads control groups, version 2 and version 1. A container sees its own group as the root of the tree, or the whole tree
 * with its group somewhere below: every group from its own to the root counts.
 * @param membership text of /proc/self/cgroup
 * @param root where the control groups are mounted
 */
export function groupLimits(membership: string | null, root = '/sys/fs/cgroup'): GroupLimits {
  const memory: number[] = [];
  const cpus: number[] = [];
  const processes: number[] = [];
  for (const line of (membership ?? '').split('\n')) {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const trees = controllers === '' ? [root, join(root, 'unified')] : [join(root, controllers)];
    for (const folder of trees.flatMap((tree) => upwards(tree, path))) {
      const number = (name: string) => limitOf((readText(join(folder, name)) ?? '').trim());
      add(memory, number('memory.max'), number('memory.limit_in_bytes'));
      add(processes, number('pids.max'));
      const [quota = '', period = ''] = (readText(join(folder, 'cpu.max')) ?? '').trim().split(' ');
      add(cpus, share(limitOf(quota), limitOf(period)));
      add(cpus, share(number('cpu.cfs_quota_us'), number('cpu.cfs_period_us')));
    }
  }
  return { memoryBytes: least(memory), cpus: least(cpus), processes: least(processes) };
}

function upwards(tree: string, path: string): string[] {
  const folders = [tree];
  for (let at = path; at !== '/' && at !== '.'; at = dirname(at)) folders.push(join(tree, at));
  return folders;
}

function share(quota: number | null, period: number | null): number | null {
  return quota === null || period === null || period === 0 ? null : quota / period;
}

function add(list: number[], ...values: readonly (number | null)[]): void {
  for (const value of values) if (value !== null) list.push(value);
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}
