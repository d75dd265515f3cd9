import { Pin, PinOff } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { Analysis } from '../../../src-shared/task/analyses.ts';
import { api, queryClient, useApi } from '../../app/api.ts';
import { SafeText } from '../../review/safe-name.tsx';
import { Argv } from '../../ui/argv.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { report } from '../../ui/toast.tsx';
import { serviceImageOf } from './service-image.ts';
import styles from './launch.module.css';

/** What a service task is about to run: the program word for word, and whether its image is always the same one. */
export function ServiceNotice({
  analysis,
}: {
  readonly analysis: Extract<Analysis, { type: 'service' }>;
}): ReactElement {
  return (
    <section aria-label="What is about to run">
      <h3>Runs, word for word</h3>
      <Argv words={analysis.argv} />
      <Image analysis={analysis} />
    </section>
  );
}

function Image({ analysis }: { readonly analysis: Extract<Analysis, { type: 'service' }> }): ReactElement {
  const { data, error } = useApi('listServices', {});
  const [isPinning, setPinning] = useState(false);
  const { reference, pinned, digest, name } = serviceImageOf(analysis, data?.services ?? []);
  if (data === undefined && error === null && pinned !== 'task') return <p role="status">Looking up the image…</p>;
  if (reference === null)
    return (
      <p role="alert">
        {error === null
          ? `The catalogue has no service “${analysis.service ?? ''}”.`
          : `The catalogue could not be read: ${error.message}`}
      </p>
    );
  const pin = (service: string) => {
    setPinning(true);
    api('pinService', { name: service })
      .then(() => queryClient.invalidateQueries({ queryKey: ['listServices'] }), report)
      .finally(() => {
        setPinning(false);
      });
  };
  return (
    <div className={styles['image']}>
      <p>
        In the image{' '}
        <code>
          <SafeText text={reference} />
        </code>
      </p>
      {pinned === 'no' ? (
        <p className={styles['pin']}>
          <Badge tone="warn" icon={<PinOff aria-hidden />}>
            Not pinned
          </Badge>
          <span>The run takes what this name stands for now, and records its digest.</span>
          {name !== null && (
            <Button
              size="small"
              isPending={isPinning}
              onPress={() => {
                pin(name);
              }}
            >
              Pin it
            </Button>
          )}
        </p>
      ) : (
        <p className={styles['pin']}>
          <Badge tone="ok" icon={<Pin aria-hidden />}>
            Pinned
          </Badge>
          <span>
            {pinned === 'task' ? 'By the task, to' : 'In this workspace, to'} <code>{digest}</code>
          </span>
        </p>
      )}
    </div>
  );
}
