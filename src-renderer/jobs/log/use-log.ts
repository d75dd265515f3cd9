import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { api } from '../../app/api.ts';
import type { Following, LogSource } from './follow-log.ts';
import { followLog } from './follow-log.ts';
import { LogBuffer } from './log-buffer.ts';

/** A job's log, as far as it has arrived. `version` changes with it. */
export interface Log {
  readonly buffer: LogBuffer;
  readonly version: number;
  readonly following: Following;
}

/** Follows a job's log for as long as it is shown; what shows it is keyed by the job. */
export function useLog(jobId: JobId): Log {
  const [buffer] = useState(() => new LogBuffer());
  const [following, setFollowing] = useState<Following>({ state: 'reading' });
  useEffect(() => {
    const stop = new AbortController();
    void followLog(buffer, sourceOf(jobId), stop.signal, (next) => {
      if (!stop.signal.aborted) setFollowing(next);
    });
    return () => {
      stop.abort();
    };
  }, [buffer, jobId]);
  const version = useSyncExternalStore(
    useMemo(() => (listener: () => void) => buffer.subscribe(listener), [buffer]),
    () => buffer.version,
  );
  return { buffer, version, following };
}

function sourceOf(jobId: JobId): LogSource {
  return {
    open: (after, follow, signal) => api('jobLogs', { jobId, after, follow }, signal),
    hasEnded: async (signal) => isFinal((await api('getJob', { jobId }, signal)).state),
    wait,
  };
}

/** Waits, and no longer than until it is aborted. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
