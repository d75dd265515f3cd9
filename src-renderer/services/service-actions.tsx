import { Download, Pin, Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { KnownService } from '../../src-shared/api/services.ts';
import { api, queryClient } from '../app/api.ts';
import { createAndOpen } from '../tasks/library/task-actions.ts';
import { Button } from '../ui/button.tsx';
import { report, toast } from '../ui/toast.tsx';
import { fetchImage, useFetching } from './fetches.ts';
import { shortDigest } from './service-words.ts';
import { taskTextOf } from './task-text.ts';
import styles from './services.module.css';

/** What can be done with a service: a task made of it, its image pinned, its image fetched. */
export function ServiceActions({ service }: { readonly service: KnownService }): ReactElement {
  const { entry, pinned, present } = service;
  const [busy, setBusy] = useState<'task' | 'pin' | null>(null);
  const fetching = useFetching(entry.name);
  const during = (what: 'task' | 'pin', work: Promise<void>) => {
    setBusy(what);
    work.catch(report).finally(() => {
      setBusy(null);
    });
  };
  const pin = async () => {
    const after = await api('pinService', { name: entry.name });
    await queryClient.invalidateQueries({ queryKey: ['listServices'] });
    const digest = after.pinned?.digest;
    const isSame = pinned !== null && digest === pinned.digest;
    toast({
      title: isSame ? `${entry.name} still is what it was pinned to` : `Pinned ${entry.name}`,
      ...(digest !== undefined && { description: `Every run takes the image ${shortDigest(digest)} from now on.` }),
    });
  };
  return (
    <div className={styles['actions']}>
      <Button
        variant="primary"
        icon={<Plus aria-hidden />}
        isPending={busy === 'task'}
        onPress={() => {
          during('task', createAndOpen(entry.name, taskTextOf(entry)));
        }}
      >
        Make a task
      </Button>
      <Button
        icon={<Pin aria-hidden />}
        isPending={busy === 'pin'}
        onPress={() => {
          during('pin', pin());
        }}
      >
        {pinned === null ? 'Pin' : 'Pin again'}
      </Button>
      <Button
        icon={<Download aria-hidden />}
        isPending={fetching?.state === 'running'}
        // Without an answer nobody knows whether it could be fetched.
        isDisabled={present === null}
        onPress={() => void fetchImage(entry.name)}
      >
        {present === true ? 'Fetch again' : 'Fetch image'}
      </Button>
    </div>
  );
}
