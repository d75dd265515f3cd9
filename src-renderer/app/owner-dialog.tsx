import { useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { toAppError } from '../../src-shared/errors.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { time } from '../ui/format.ts';
import { LoadingState } from '../ui/states.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useNow } from '../ui/use-now.ts';
import { native } from './native.ts';
import { pinProblem } from './pin-problem.ts';
import { useOwnerAsk } from './owner.ts';
import styles from './owner-dialog.module.css';

/** Appears where a call needs the owner: asks for the PIN, or has one set where there is none yet. Once in the window. */
export function OwnerDialog(): ReactElement | null {
  const ask = useOwnerAsk();
  return ask === null ? null : <Unlock answer={ask.answer} />;
}

function Unlock({ answer }: { readonly answer: (isProved: boolean) => void }): ReactElement {
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const now = useNow(1_000);
  const { data, error, refetch } = useQuery({
    queryKey: ['ownerState'],
    queryFn: () => native('ownerState', null),
    staleTime: 0,
    gcTime: 0,
  });
  // Where the system keeps a key for this window, a click is enough, and a PIN is not asked for before there is one.
  const byKey = data?.canUseKey === true;
  const hasPin = data?.credentials.includes('pin') === true;
  const isNew = data !== undefined && !hasPin && !byKey;
  const lockedUntil = data?.lockedUntil ?? null;
  const isLocked = lockedUntil !== null && Date.parse(lockedUntil) > now;
  const problem = isNew ? pinProblem(pin, again) : null;
  const canTry = data !== undefined && !isLocked && pin !== '' && (!isNew || (problem === null && again !== ''));
  const close = () => {
    answer(false);
  };
  const attempt = async (proof: 'pin' | 'key') => {
    setPending(true);
    setFailure(null);
    try {
      if (proof === 'key') await native('unlockOwner', { pin: null });
      else if (isNew) await native('setOwnerPin', { pin, old: null });
      else await native('unlockOwner', { pin });
      answer(true);
    } catch (cause) {
      const { message, remedy } = toAppError(cause);
      setFailure([message, remedy].filter((text) => text !== undefined).join(' '));
      setPending(false);
      // The field keeps what was typed when a new PIN could not be set, and is cleared for another try of one that holds.
      if (!isNew) setPin('');
      void refetch();
    }
  };
  return (
    <Dialog
      title={isNew ? 'Set a PIN for approvals' : 'Unlock approvals'}
      isOpen
      onClose={close}
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          {byKey && (
            <Button
              variant={hasPin ? 'secondary' : 'primary'}
              icon={<KeyRound aria-hidden />}
              isPending={isPending}
              onPress={() => {
                void attempt('key');
              }}
            >
              Unlock with this system’s key
            </Button>
          )}
          {(hasPin || isNew) && (
            <Button variant="primary" type="submit" form="owner-pin" isDisabled={!canTry} isPending={isPending}>
              {isNew ? 'Set PIN and go on' : 'Unlock'}
            </Button>
          )}
        </>
      }
    >
      <form
        id="owner-pin"
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (canTry && !isPending) void attempt('pin');
        }}
      >
        {error !== null && <Banner tone="bad" title={toAppError(error).message} />}
        {data === undefined && error === null && <LoadingState what="Asking how approvals are locked…" />}
        {failure !== null && <Banner tone="bad" title={failure} />}
        {isLocked && (
          <Banner tone="warn" title="Too many wrong tries.">
            The next one is taken after {time(lockedUntil)}.
          </Banner>
        )}
        {data !== undefined && (
          <>
            <p>
              {isNew
                ? 'Whatever costs money, runs elsewhere or runs a foreign program is approved by a person. The PIN proves that it is you: programs and agents on this machine can only propose.'
                : 'Only the owner of this workspace may do this. It stays unlocked until the window closes, you lock it, or 12 hours have passed.'}
            </p>
            {(hasPin || isNew) && (
              <TextField
                label={isNew ? 'New PIN' : 'PIN'}
                type="password"
                value={pin}
                onChange={setPin}
                maxLength={200}
                autoFocus
                autoComplete={isNew ? 'new-password' : 'off'}
                isDisabled={isLocked}
                errorMessage={problem?.of === 'pin' ? problem.words : undefined}
                description={
                  isNew ? 'At least 6 characters. It is kept as a hash, and nobody can look it up.' : undefined
                }
              />
            )}
            {isNew && (
              <TextField
                label="The same again"
                type="password"
                value={again}
                onChange={setAgain}
                maxLength={200}
                autoComplete="new-password"
                errorMessage={problem?.of === 'again' ? problem.words : undefined}
              />
            )}
          </>
        )}
      </form>
    </Dialog>
  );
}
