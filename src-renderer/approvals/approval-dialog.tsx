import type { ReactElement } from 'react';
import { useState } from 'react';
import type { JobId } from '../../src-shared/job-id.ts';
import { usdText } from '../../src-shared/money/micro-usd.ts';
import { navigate, paths } from '../app/routes.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState, LoadingState } from '../ui/states.tsx';
import { TextField } from '../ui/text-field.tsx';
import { toast } from '../ui/toast.tsx';
import { ApprovalQuestion } from './approval-question.tsx';
import { approveWords } from './gate-words.ts';
import { useApproval } from './use-approval.ts';
import styles from './approval-dialog.module.css';

/** May this run, for this much? Escape and closing decide nothing. */
export function ApprovalDialog({
  jobId,
  onClose,
}: {
  readonly jobId: JobId;
  readonly onClose: () => void;
}): ReactElement {
  const approval = useApproval(jobId);
  const { proposal, error, pending, failure, isUnseen } = approval;
  const [note, setNote] = useState('');
  const offer = proposal?.offer ?? null;
  const isClosed = offer?.verdict.kind === 'closed' || offer?.planSha256 == null;
  const canDecide = offer?.planSha256 != null && pending === null && !isUnseen;
  const approve = async () => {
    if ((await approval.approve(note)) !== null) navigate(paths.jobs(jobId));
  };
  const refuse = async () => {
    if ((await approval.refuse(note)) === null) return;
    toast({ title: 'Refused', description: 'Nothing of it was started.' });
    onClose();
  };
  return (
    <Dialog
      title={proposal === undefined ? 'Approval' : `Approve “${proposal.taskName}”?`}
      size="wide"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Decide later</Button>
          <Button
            variant="danger"
            isDisabled={offer?.planSha256 == null || (pending !== null && pending !== 'refuse')}
            isPending={pending === 'refuse'}
            onPress={() => void refuse()}
          >
            Refuse
          </Button>
          <Button
            variant="primary"
            isDisabled={(!canDecide && pending !== 'approve') || isClosed}
            isPending={pending === 'approve'}
            onPress={() => void approve()}
          >
            {approveWords(offer)}
          </Button>
        </>
      }
    >
      {proposal === undefined ? (
        error === null ? (
          <LoadingState what="Reading what is proposed…" />
        ) : (
          <EmptyState
            title="This does not wait for a decision"
            actions={
              <Button
                onPress={() => {
                  navigate(paths.jobs(jobId));
                }}
              >
                Show the job
              </Button>
            }
          >
            <p>{error.message}</p>
          </EmptyState>
        )
      ) : (
        <div className={styles['body']}>
          {failure !== null && (
            <Banner tone="bad" title={failure.message}>
              {failure.remedy}
            </Banner>
          )}
          {isUnseen && (
            <Banner
              tone="warn"
              title="The plan has changed while it was open."
              actions={
                <Button size="small" onPress={approval.see}>
                  Go on with this plan
                </Button>
              }
            >
              What is shown is the plan as it is now.
            </Banner>
          )}
          <p className="visually-hidden" role="status">
            {pending === 'replan' ? 'Planning it anew' : boundSentence(approval)}
          </p>
          <ApprovalQuestion proposal={proposal} approval={approval} />
          <TextField
            label="Note (optional)"
            description="Kept with the decision."
            value={note}
            onChange={setNote}
            maxLength={2_000}
            multiline
          />
        </div>
      )}
    </Dialog>
  );
}

/** What is read out when the plan changes. */
function boundSentence({ proposal }: ReturnType<typeof useApproval>): string {
  const plan = proposal?.offer.plan;
  if (plan == null) return 'No plan could be made.';
  const most = plan.bound.totalMicroUsd === 0 ? 'It costs nothing' : `At most ${usdText(plan.bound.totalMicroUsd)}`;
  return plan.candidate === null ? `${most}.` : `${most}, on ${plan.candidate.label}.`;
}
