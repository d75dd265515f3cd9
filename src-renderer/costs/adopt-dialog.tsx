import type { ReactElement } from 'react';
import { useState } from 'react';
import type { Resource } from '../../src-shared/api/spending.ts';
import { perHour } from '../../src-shared/money/words.ts';
import { api, queryClient } from '../app/api.ts';
import { asOwner, isGivenUp } from '../app/owner.ts';
import { tellFailure } from '../review/save-copy.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { time } from '../ui/format.ts';
import { Select } from '../ui/select.tsx';
import { TextField } from '../ui/text-field.tsx';
import { toast } from '../ui/toast.tsx';
import { useNow } from '../ui/use-now.ts';
import { localTime, untilProblem } from './until.ts';
import { refreshCosts } from './end-actions.ts';
import styles from './costs.module.css';

const choices = [
  { id: 'until', label: 'End it at a time' },
  { id: 'never', label: 'Leave it until I end it' },
] as const;

interface AdoptDialogProps {
  readonly resource: Resource;
  readonly onClose: () => void;
}

/** Takes over what somebody else made: it counts under the caps from then on, and is ended at the time that is given here. */
export function AdoptDialog({
  resource: { backend, id, name, what, hourlyMicroUsd },
  onClose,
}: AdoptDialogProps): ReactElement {
  const now = useNow(5_000);
  const [choice, setChoice] = useState<'until' | 'never'>('until');
  const [until, setUntil] = useState(() => localTime(Date.now() + 3_600_000));
  const [isPending, setPending] = useState(false);
  const problem = choice === 'until' ? untilProblem(until, now) : null;
  const adopt = async () => {
    setPending(true);
    const endAt = choice === 'until' ? new Date(until).toISOString() : null;
    try {
      const after = await asOwner(() => api('adoptResource', { backend, resourceId: id, endAt }));
      queryClient.setQueryData(['resources', {}], after);
      await refreshCosts();
      toast({ title: `Took over ${name}`, ...(endAt !== null && { description: `It is ended ${time(endAt)}.` }) });
      onClose();
    } catch (cause) {
      if (!isGivenUp(cause)) tellFailure(`${name} could not be taken over`)(cause);
      setPending(false);
    }
  };
  return (
    <Dialog
      title={`Take over ${name}?`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isDisabled={problem !== null}
            isPending={isPending}
            onPress={() => {
              void adopt();
            }}
          >
            Take over
          </Button>
        </>
      }
    >
      <div className={styles['words']}>
        <p>
          {what}, {perHour(hourlyMicroUsd)}. From now on its cost counts under the caps of this workspace, and it is
          shown under Now until it is gone.
        </p>
        <Select label="When it ends" options={choices} value={choice} onChange={setChoice} />
        {choice === 'until' && (
          <TextField
            label="Ends at (this machine’s time)"
            type="datetime-local"
            value={until}
            onChange={setUntil}
            errorMessage={problem ?? undefined}
            description={problem === null ? time(new Date(until).toISOString()) : undefined}
          />
        )}
      </div>
    </Dialog>
  );
}
