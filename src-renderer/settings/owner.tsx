import { Lock, LockOpen } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useEffect, useState } from 'react';
import type { OwnerState } from '../../src-shared/native.ts';
import { native, onNative } from '../app/native.ts';
import { queryClient } from '../app/api.ts';
import { ensureOwner, isGivenUp } from '../app/owner.ts';
import { tellFailure } from '../review/save-copy.ts';
import { Badge } from '../ui/badge.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { time } from '../ui/format.ts';
import { Facts, Section } from '../ui/page.tsx';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { ChangePin } from './change-pin.tsx';
import styles from './settings-place.module.css';

const queryKey = ['ownerState'];

/** Who may approve here: the PIN, the key of this system, and whether this window is unlocked. */
export function Owner(): ReactElement {
  const { data, error, isPending, refetch } = useQuery({
    queryKey,
    queryFn: () => native('ownerState', null),
    staleTime: 0,
  });
  useEffect(
    () =>
      onNative('owner', () => {
        void queryClient.invalidateQueries({ queryKey });
      }),
    [],
  );
  return (
    <Section
      title="Approvals"
      note="What costs money, runs on a cluster of others or runs a foreign program is approved by you. Programs and agents on this machine can only propose."
      {...(data !== undefined && { mark: <LockMark unlocked={data.unlocked} /> })}
    >
      {isPending ? (
        <LoadingState what="Asking how approvals are locked…" />
      ) : error !== null ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <OwnerFacts state={data} />
      )}
    </Section>
  );
}

function LockMark({ unlocked }: { readonly unlocked: boolean }): ReactElement {
  return unlocked ? (
    <Badge tone="info" icon={<LockOpen aria-hidden />}>
      Unlocked
    </Badge>
  ) : (
    <Badge icon={<Lock aria-hidden />}>Locked</Badge>
  );
}

function OwnerFacts({ state }: { readonly state: OwnerState }): ReactElement {
  const [isChanging, setChanging] = useState(false);
  const { credentials, unlocked, canUseKey, lockedUntil, wrongTries } = state;
  const hasPin = credentials.includes('pin');
  const turn = () => {
    (unlocked ? native('lockOwner', null) : ensureOwner())
      .then(() => queryClient.invalidateQueries({ queryKey }))
      .catch((cause: unknown) => {
        if (!isGivenUp(cause)) tellFailure('Approvals could not be locked or unlocked')(cause);
      });
  };
  return (
    <>
      {lockedUntil !== null && (
        <Banner
          tone="warn"
          title={`${wrongTries} wrong PINs were tried: no other is taken before ${time(lockedUntil)}.`}
        >
          If the tries were not yours, look at which programs run as your user.
        </Banner>
      )}
      <Facts
        rows={[
          { label: 'PIN', value: hasPin ? 'Set. It is kept as a hash, and nobody can look it up.' : 'Not set yet' },
          { label: 'Key', value: keyWords(state) },
          ...(lockedUntil === null && wrongTries > 0
            ? [{ label: 'Wrong tries', value: `${wrongTries} since the last right one` }]
            : []),
        ]}
      />
      <div className={styles['buttons']}>
        <Button
          onPress={() => {
            setChanging(true);
          }}
        >
          {hasPin ? 'Change the PIN…' : 'Set a PIN…'}
        </Button>
        {(unlocked || hasPin || canUseKey) && (
          <Button icon={unlocked ? <Lock aria-hidden /> : <LockOpen aria-hidden />} onPress={turn}>
            {unlocked ? 'Lock now' : 'Unlock'}
          </Button>
        )}
      </div>
      {isChanging && (
        <ChangePin
          hasPin={hasPin}
          onClose={() => {
            setChanging(false);
            void queryClient.invalidateQueries({ queryKey });
          }}
        />
      )}
    </>
  );
}

function keyWords({ credentials, canUseKey }: OwnerState): string {
  if (!canUseKey) return 'This system has no keychain that works: approving asks for the PIN.';
  return credentials.includes('key')
    ? 'In this system’s keychain: this window asks for no PIN, until you lock it.'
    : 'This system’s keychain takes one with the first approval; no PIN is needed here then.';
}
