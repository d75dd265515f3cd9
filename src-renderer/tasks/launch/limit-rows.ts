import type { Task } from '../../../src-shared/task/schema.ts';
import { bytes, duration, grouped } from '../../ui/format.ts';

/** The limits that hold for a run. @param workspaceTimeout seconds for tasks that name none, where it is known */
export function limitRows({ limits, analysis, resources }: Task, workspaceTimeout: unknown): [string, string][] {
  const seconds = limits.timeout_sec ?? workspaceTimeout;
  const time =
    typeof seconds !== 'number'
      ? 'as set for this workspace'
      : seconds === 0
        ? 'the smallest cap'
        : duration(seconds * 1000);
  return [
    ['Time', time],
    ['Read', bytes(limits.max_read_bytes)],
    ['Write', bytes(limits.max_output_bytes)],
    // A service's own program knows neither items nor pixels.
    ...(analysis.type === 'service'
      ? []
      : ([
          ['Items', grouped(limits.max_items)],
          ['Pixels', grouped(limits.max_pixels)],
        ] satisfies [string, string][])),
    ['Memory', memoryWords(analysis.type === 'service' ? resources.memory_gb : undefined, limits.memory_mb)],
  ];
}

/** A service has what its task asks of a machine, where that is said. @param askedGb GiB */
function memoryWords(askedGb: number | undefined, limitMb: number): string {
  return askedGb === undefined ? `${grouped(limitMb)} MiB` : `${askedGb} GiB`;
}
