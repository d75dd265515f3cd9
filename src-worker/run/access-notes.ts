import { remoteHrefs, findsSources } from '../../src-shared/task/web-sources.ts';
import type { Task } from '../../src-shared/task/schema.ts';

/** What a person should know before a run about how its sources are read. */
export function accessNotes(task: Task): string[] {
  const { access } = task;
  const reads = remoteHrefs(task).length > 0 || findsSources(task);
  return [
    ...(reads && access?.requester_pays === true
      ? ['Requester pays: what is read from such buckets is charged to the account of the task’s credentials.']
      : []),
    ...(reads && access?.whole_downloads === true
      ? ['Files on servers that cannot send parts of them are downloaded whole, already for this plan.']
      : []),
  ];
}
