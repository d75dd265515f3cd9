import { join } from 'node:path';
import { EgressEvent } from '../../../src-shared/egress.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { JobStore } from '../store/job-store.ts';
import { readRegularFile } from '../store/untrusted-files.ts';

const mostBytes = 64 * 1_048_576;

/**
 * The hosts that a run could read by the walls around it: those of its plan, and those that its proxy admitted when its search had
 * found them. Null: it had no such walls.
 */
export function hostsRead(root: DataRoot, store: JobStore, id: JobId): readonly string[] | null {
  const launched = store.events(id).findLast(({ data }) => data.type === 'job.launched')?.data;
  if (launched?.type !== 'job.launched') return [];
  const { asked } = launched.isolation;
  if (asked?.network === 'host') return null;
  const log = readRegularFile(join(root.jobRecords(id), 'egress.ndjson'), mostBytes)?.toString('utf8') ?? '';
  const found = log.split('\n').flatMap((line) => {
    const event = line === '' ? null : EgressEvent.safeParse(parsed(line)).data;
    return event?.verdict === 'admitted' ? [event.host] : [];
  });
  return [...new Set([...(asked?.hosts ?? []), ...found])];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The last line of a proxy that was ended.
    return null;
  }
}
