import type { Client } from '../../src-shared/api/client.ts';
import { AppError } from '../../src-shared/errors.ts';
import { JobId } from '../../src-shared/job-id.ts';

/**
 * The job that is meant: its whole id, or an end of it that no other job has.
 * @throws AppError `not_found` when there is none, `conflict` when there are several
 */
export async function findJob(client: Client, text: string): Promise<JobId> {
  const whole = JobId.safeParse(text);
  if (whole.success) return whole.data;
  const { jobs: all } = text.length < 4 ? { jobs: [] } : await client('listJobs', { q: text, limit: 1_000 });
  const [found, ...others] = all.filter(({ id }) => id.endsWith(text));
  if (found === undefined)
    throw new AppError('not_found', `${JSON.stringify(text)} is no job here.`, {
      remedy: 'List the jobs: transect jobs. The last letters of an id are enough.',
    });
  if (others.length > 0)
    throw new AppError('conflict', `${others.length + 1} jobs end in ${text}.`, { remedy: 'Give more of the id.' });
  return found.id;
}
