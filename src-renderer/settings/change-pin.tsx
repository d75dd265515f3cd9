import type { ReactElement } from 'react';
import { useState } from 'react';
import { toAppError } from '../../src-shared/errors.ts';
import { native } from '../app/native.ts';
import { pinProblem } from '../app/pin-problem.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { toast } from '../ui/toast.tsx';
import styles from './settings-place.module.css';

/** Sets the PIN, or another in its place. It goes to the shell alone, which writes what the engine compares with. */
export function ChangePin({
  hasPin,
  onClose,
}: {
  readonly hasPin: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const [old, setOld] = useState('');
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  const problem = pinProblem(pin, again);
  const canSet = problem === null && pin !== '' && again !== '' && (!hasPin || old !== '');
  const set = async () => {
    setPending(true);
    setFailure(null);
    try {
      await native('setOwnerPin', { pin, old: hasPin ? old : null });
      toast({ title: hasPin ? 'The PIN is changed' : 'The PIN is set' });
      onClose();
    } catch (cause) {
      const { message, remedy } = toAppError(cause);
      setFailure([message, remedy].filter((text) => text !== undefined).join(' '));
      setOld('');
      setPending(false);
    }
  };
  return (
    <Dialog
      title={hasPin ? 'Change the PIN' : 'Set a PIN for approvals'}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="change-pin" isDisabled={!canSet} isPending={isPending}>
            {hasPin ? 'Change' : 'Set'}
          </Button>
        </>
      }
    >
      <form
        id="change-pin"
        className={styles['words']}
        onSubmit={(event) => {
          event.preventDefault();
          if (canSet && !isPending) void set();
        }}
      >
        {failure !== null && <Banner tone="bad" title={failure} />}
        {hasPin && (
          <TextField
            label="PIN that holds now"
            type="password"
            value={old}
            onChange={setOld}
            maxLength={200}
            autoFocus
            autoComplete="off"
          />
        )}
        <TextField
          label="New PIN"
          type="password"
          value={pin}
          onChange={setPin}
          maxLength={200}
          autoFocus={!hasPin}
          autoComplete="new-password"
          errorMessage={problem?.of === 'pin' ? problem.words : undefined}
          description="At least 6 characters. If it is forgotten, remove .secrets/owner.json in the workspace and set another."
        />
        <TextField
          label="The same again"
          type="password"
          value={again}
          onChange={setAgain}
          maxLength={200}
          autoComplete="new-password"
          errorMessage={problem?.of === 'again' ? problem.words : undefined}
        />
      </form>
    </Dialog>
  );
}
