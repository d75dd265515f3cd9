import { useEffect, useState } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import { api } from '../../app/api.ts';
import { wait } from '../log/use-log.ts';
import type { Track } from './progress-track.ts';
import { ProgressTrack } from './progress-track.ts';

/** How far a running job is, from its events as they come; null before the first. What shows it is keyed by the job. */
export function useProgress(jobId: JobId, isRunning: boolean): Track | null {
  const [track] = useState(() => new ProgressTrack());
  const [shown, setShown] = useState<Track | null>(null);
  useEffect(() => {
    if (!isRunning) return undefined;
    const stop = new AbortController();
    const show = () => {
      setShown(track.at(Date.now()));
    };
    // The time left runs on between two events.
    const timer = setInterval(show, 1_000);
    void follow(jobId, track, show, stop.signal);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [jobId, isRunning, track]);
  return shown;
}

async function follow(jobId: JobId, track: ProgressTrack, show: () => void, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      for await (const event of await api('jobEvents', { jobId, after: track.seq, follow: true }, signal)) {
        track.take(event);
        failures = 0;
        if (event.type === 'progress') show();
      }
    } catch {
      // The connection is shown elsewhere; here it is tried again.
    }
    await wait(Math.min(250 * 2 ** failures, 4_000), signal);
  }
}
