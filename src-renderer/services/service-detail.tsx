import { CircleDashed, HardDrive, Pin, PinOff } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { KnownService } from '../../src-shared/api/services.ts';
import { Banner } from '../ui/banner.tsx';
import { Badge } from '../ui/badge.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { time } from '../ui/format.ts';
import { Facts, Section } from '../ui/page.tsx';
import page from '../ui/page.module.css';
import { Button } from '../ui/button.tsx';
import { Argv } from '../ui/argv.tsx';
import { FetchProgress } from './fetch-progress.tsx';
import { useFetching } from './fetches.ts';
import { ServiceActions } from './service-actions.tsx';
import { needsWords, presenceWords, runtimeWord } from './service-words.ts';
import { exampleArgv } from './task-text.ts';
import styles from './services.module.css';

/** One service: what it can do, what its image is, and what can be done with it here. */
export function ServiceDetail({ service }: { readonly service: KnownService }): ReactElement {
  const { entry } = service;
  const fetching = useFetching(entry.name);
  return (
    <article className={styles['detail']} aria-label={`Service ${entry.name}`}>
      <header className={styles['head']}>
        <h2>{entry.name}</h2>
        <p>{entry.description}</p>
        <Marks service={service} />
        <ServiceActions service={service} />
        {fetching?.state === 'failed' && (
          <Banner tone="bad" title={fetching.error.message}>
            {fetching.error.remedy}
          </Banner>
        )}
        {fetching?.state === 'running' && (
          <div className={styles['progress']}>
            <FetchProgress label={`Fetching ${entry.name}`} step={fetching.step} />
            <Button size="small" onPress={fetching.stop}>
              Stop
            </Button>
          </div>
        )}
      </header>
      <Section title="What it can do">
        <ul className={styles['chips']}>
          {entry.capabilities.map((capability) => (
            <li key={capability}>{capability}</li>
          ))}
        </ul>
      </Section>
      <Section
        title="Example"
        note="A task of it begins with this. The case folder lies at /inputs; what is left in /outputs is kept."
      >
        <Argv words={exampleArgv(entry)} />
      </Section>
      <Section title="Image">
        <Facts rows={imageFacts(service)} />
      </Section>
    </article>
  );
}

function Marks({ service }: { readonly service: KnownService }): ReactElement {
  const presence = presenceWords(service);
  return (
    <div className={styles['marks']}>
      {presence !== null && (
        <Badge
          tone={service.present === true ? 'ok' : 'neutral'}
          icon={service.present === true ? <HardDrive aria-hidden /> : <CircleDashed aria-hidden />}
        >
          {presence}
        </Badge>
      )}
      {service.pinned === null ? (
        <Badge
          tone="warn"
          icon={<PinOff aria-hidden />}
          title="Its tag may stand for another image tomorrow. Pin it to have the same one in every run."
        >
          Not pinned
        </Badge>
      ) : (
        <Badge tone="ok" icon={<Pin aria-hidden />}>
          Pinned
        </Badge>
      )}
    </div>
  );
}

function imageFacts({ entry, pinned }: KnownService): { label: string; value: ReactNode }[] {
  const copied = (text: string, label: string) => (
    <span className={page['code']}>
      {text} <CopyButton label={label} text={text} />
    </span>
  );
  const rows: [string, ReactNode][] = [
    ['Reference', copied(entry.image, 'Copy the image’s reference')],
    [
      'Digest',
      pinned === null ? (
        'not pinned'
      ) : (
        <>
          {copied(pinned.digest, 'Copy the digest')} <span className={page['muted']}>pinned {time(pinned.at)}</span>
        </>
      ),
    ],
    ['Licence', entry.license ?? 'not stated'],
    ['Needs', needsWords(entry)],
    ['Runtime', runtimeWord(entry)],
    ['Built on', entry.extends],
    ['Packages', entry.packages.length === 0 ? null : entry.packages.join(', ')],
    ['Architectures', entry.architectures.join(', ')],
    ['Working folder', <code key="workdir">{entry.workdir}</code>],
  ];
  return rows.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}
