import type { ReactElement } from 'react';
import { useState } from 'react';
import type { EndHow } from '../../src-shared/money/price.ts';
import { endWords, perHour } from '../../src-shared/money/words.ts';
import { isGivenUp } from '../app/owner.ts';
import { tellFailure } from '../review/save-copy.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { toast } from '../ui/toast.tsx';
import type { Target } from './end-actions.ts';
import { endTarget } from './end-actions.ts';
import styles from './costs.module.css';

/** A button for each way in which something can be ended, and the question before it. */
export function EndButtons({
  target,
  ways,
}: {
  readonly target: Target;
  readonly ways: readonly EndHow[];
}): ReactElement {
  const [asking, setAsking] = useState<EndHow | null>(null);
  return (
    <>
      {ways.map((how) => (
        <Button
          key={how}
          size="small"
          aria-label={`${endWords[how].verb} ${target.name}…`}
          onPress={() => {
            setAsking(how);
          }}
        >
          {endWords[how].verb}…
        </Button>
      ))}
      {asking !== null && (
        <EndDialog
          target={target}
          how={asking}
          onClose={() => {
            setAsking(null);
          }}
        />
      )}
    </>
  );
}

interface EndDialogProps {
  readonly target: Target;
  readonly how: EndHow;
  readonly onClose: () => void;
}

/** Says exactly what ending something does. What can’t be undone, the loss of a disk, is guarded by the typed name. */
function EndDialog({ target, how, onClose }: EndDialogProps): ReactElement {
  const [typed, setTyped] = useState('');
  const [isPending, setPending] = useState(false);
  const { name, what, hourlyMicroUsd, isOurs } = target;
  const { verb, effect } = endWords[how];
  const end = async () => {
    setPending(true);
    try {
      await endTarget(target, how);
      toast({
        title: `Asked for the end of ${name}`,
        description: 'It stays here until its back end no longer shows it.',
      });
      onClose();
    } catch (cause) {
      if (!isGivenUp(cause)) tellFailure(`${name} could not be ended`)(cause);
      setPending(false);
    }
  };
  return (
    <Dialog
      title={`${verb} ${name}?`}
      role="alertdialog"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Leave it</Button>
          <Button
            variant={how === 'down' ? 'danger' : 'primary'}
            isDisabled={how === 'down' && typed !== name}
            isPending={isPending}
            onPress={() => {
              void end();
            }}
          >
            {verb}
          </Button>
        </>
      }
    >
      <div className={styles['words']}>
        {!isOurs && (
          <Banner tone="warn" title="Not begun by this workspace.">
            Somebody else, or another Transect, may be at work there.
          </Banner>
        )}
        <p>
          {what}, {perHour(hourlyMicroUsd)}.
        </p>
        <p>{effect}</p>
        {how === 'down' && (
          <TextField
            label={`Type ${name} to confirm`}
            value={typed}
            onChange={setTyped}
            mono
            autoFocus
            autoComplete="off"
            spellCheck="false"
          />
        )}
      </div>
    </Dialog>
  );
}
