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
export function hostsRead(
  root: Pick<DataRoot, 'jobRecords'>,
  store: Pick<JobStore, 'events'>,
  id: JobId,
): readonly string[] | null {
  const launched = store.events(id).findLast(({ data }) => data.type === 'job.launched')?.data;
  if (launched?.type !== 'job.launched') return [];
  const { asked } = launched.isolation;
  if (asked?.network === 'host') return null;
  const log = readRegularFile(join(root.jobRecords(id), 'egress.ndjson'), mostBytes)?.toString('utf8') ?? '';
  const found = log.split('\n').flatMap((line) => {
    const event = line === '' ? null : EgressEvent.safeParse(parsed(line)).data;
    // A connection that was cut at the limit had been admitted.
    return event && event.verdict !== 'refused' && event.host !== '' ? named(event.host) : [];
  });
  return [...new Set([...(asked?.hosts ?? []), ...found])];
}

/** A host of the proxy's record, which always has its port, as `webHost` names it too: without the port of http or https. */
function named(host: string): string[] {
  return [host, ...(/:(?:80|443)$/.test(host) ? [host.replace(/:\d+$/, '')] : [])];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The last line of a proxy that was ended.
    return null;
  }
}
