import { useQuery } from '@tanstack/react-query';
import { AppError } from '../../src-shared/errors.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { bytes } from '../ui/format.ts';
import type { Json } from './metadata/json-tree.ts';
import { isShallow } from './metadata/json-tree.ts';
import { readRunFile } from './run-file.ts';

/** A document larger than this is shown as raw text in Files. */
const mostBytes = 5_000_000;

/** A JSON document of a run's folder. It is not trusted to have any form. */
export function useRunJson(jobId: JobId, path: string, isThere: boolean) {
  return useQuery({
    queryKey: ['runJson', { jobId, path }],
    queryFn: ({ signal }) => readJson(jobId, path, signal),
    enabled: isThere,
    retry: false,
  });
}

async function readJson(jobId: JobId, path: string, signal: AbortSignal): Promise<Json> {
  const head = await readRunFile(jobId, path, 0, mostBytes, signal);
  if (head.total > mostBytes)
    throw new AppError(
      'over_limit',
      `${path} has ${bytes(head.total)}; at most ${bytes(mostBytes)} are shown as a tree.`,
      {
        remedy: 'Look at its text in Files.',
      },
    );
  const text = new TextDecoder().decode(head.bytes);
  if (!isShallow(text)) throw new AppError('bad_data', `${path} is nested too deeply to be shown as a tree.`);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new AppError('bad_data', `${path} is not JSON: ${(cause as Error).message}`, {
      remedy: 'Look at its text in Files.',
      cause,
    });
  }
}

/** The marks that a run's metadata say stand on everything it made; none when that cannot be read. */
export function marksOf(metadata: Json | undefined): string[] {
  const marks = metadata !== null && typeof metadata === 'object' && 'marks' in metadata ? metadata['marks'] : null;
  return Array.isArray(marks) ? marks.filter((mark): mark is string => typeof mark === 'string').slice(0, 5) : [];
}
