import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Proposal } from '../../src-shared/gate/proposal.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import type { AppError } from '../../src-shared/errors.ts';
import { toAppError } from '../../src-shared/errors.ts';
import { api, queryClient } from '../app/api.ts';
import { asOwner, isGivenUp } from '../app/owner.ts';

interface Approval {
  readonly proposal: Proposal | undefined;
  readonly error: Error | null;
  readonly reload: () => void;
  readonly pending: 'replan' | 'approve' | 'refuse' | null;
  /** Machines that were just chosen, while the plan for them is made. */
  readonly asked: string | null;
  readonly failure: AppError | null;
  /** The plan is another than the one that was opened or asked for, and nobody has said that they have seen it. */
  readonly isUnseen: boolean;
  readonly see: () => void;
  readonly replan: (candidate?: string) => Promise<void>;
  /** Decide on the plan that is shown, and no other. Give the job, or null when nothing was decided. */
  readonly approve: (note: string) => Promise<Job | null>;
  readonly refuse: (note: string) => Promise<Job | null>;
}

/** A waiting job's question: its plan, planning it anew, and the decision. */
export function useApproval(jobId: JobId): Approval {
  const key = ['proposal', { jobId }];
  const [pending, setPending] = useState<Approval['pending']>(null);
  const [isDecided, setDecided] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: key,
    // What is decided does not wait any more: its proposal is not asked for again while the dialog goes.
    enabled: !isDecided && pending !== 'approve' && pending !== 'refuse',
    queryFn: ({ signal }) => api('proposal', { jobId }, signal),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const [asked, setAsked] = useState<string | null>(null);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [seen, setSeen] = useState<string | null>(null);
  const shown = data === undefined ? null : planKey(data);
  // What comes first is what is read.
  if (seen === null && shown !== null) setSeen(shown);

  const attempt = async <T>(what: NonNullable<Approval['pending']>, call: () => Promise<T>): Promise<T | null> => {
    setPending(what);
    setFailure(null);
    try {
      return await call();
    } catch (cause) {
      // A plan that has changed meanwhile is shown as it is now.
      if (!isGivenUp(cause)) {
        setFailure(toAppError(cause));
        void refetch();
      }
      return null;
    } finally {
      setPending(null);
      setAsked(null);
    }
  };
  const decide = (verb: 'approve' | 'refuse', note: string) =>
    attempt(verb, async () => {
      const planSha256 = data?.offer.planSha256 ?? '';
      const job = await asOwner(() => api(verb, { jobId, planSha256, how: 'dialog', note }));
      setDecided(true);
      queryClient.setQueryData(['getJob', { jobId }], job);
      void queryClient.invalidateQueries({ queryKey: ['proposals'] });
      void queryClient.invalidateQueries({ queryKey: ['decisions'] });
      return job;
    });
  return {
    proposal: data,
    error,
    reload: () => void refetch(),
    pending,
    asked,
    failure,
    isUnseen: pending !== 'replan' && shown !== null && shown !== seen,
    see: () => {
      setSeen(shown);
    },
    replan: async (candidate) => {
      setAsked(candidate ?? null);
      await attempt('replan', async () => {
        const next = await api('replan', { jobId, ...(candidate !== undefined && { candidate }) });
        await queryClient.cancelQueries({ queryKey: key });
        setSeen(planKey(next));
        queryClient.setQueryData(key, next);
      });
    },
    approve: (note) => decide('approve', note),
    refuse: (note) => decide('refuse', note),
  };
}

function planKey({ offer }: Proposal): string {
  return offer.planSha256 ?? 'none';
}
