import { useEffect, useRef, useState } from 'react';
import { toAppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { api } from '../../app/api.ts';

/** What came of holding a file against the hash that its run stated. */
export type Verdict =
  | { readonly kind: 'checking' }
  | { readonly kind: 'matches'; readonly sha256: string }
  | { readonly kind: 'differs'; readonly sha256: string }
  /** The run stated no hash of it. */
  | { readonly kind: 'unlisted'; readonly sha256: string }
  | { readonly kind: 'failed'; readonly message: string };

export interface Verification {
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly isRunning: boolean;
  readonly verify: (paths: readonly string[]) => void;
}

/** Hashes files of a run one after the other, as asked, until what shows them is gone. */
export function useVerification(jobId: JobId): Verification {
  const [verdicts, setVerdicts] = useState<ReadonlyMap<string, Verdict>>(new Map());
  const [isRunning, setRunning] = useState(false);
  const stop = useRef<AbortController | null>(null);
  useEffect(
    () => () => {
      stop.current?.abort();
    },
    [jobId],
  );
  const verify = async (paths: readonly string[]) => {
    stop.current?.abort();
    const run = new AbortController();
    stop.current = run;
    setRunning(true);
    for (const path of paths) {
      const set = (verdict: Verdict) => {
        setVerdicts((before) => new Map(before).set(path, verdict));
      };
      set({ kind: 'checking' });
      const verdict = await verdictOf(jobId, path, run.signal);
      // The next one clears what was under way.
      if (run.signal.aborted) {
        setVerdicts((before) => new Map([...before].filter(([, { kind }]) => kind !== 'checking')));
        return;
      }
      set(verdict);
    }
    setRunning(false);
  };
  return { verdicts, isRunning, verify: (paths) => void verify(paths) };
}

async function verdictOf(jobId: JobId, path: string, signal: AbortSignal): Promise<Verdict> {
  try {
    const { sha256, matches } = await api('hashFile', { jobId, path }, signal);
    return { kind: matches === null ? 'unlisted' : matches ? 'matches' : 'differs', sha256 };
  } catch (cause) {
    return { kind: 'failed', message: toAppError(cause).message };
  }
}
