import { CircleCheck, CircleMinus, RefreshCw } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { DoctorCheck, DoctorReport } from '../../src-shared/api/doctor.ts';
import { useApi } from '../app/api.ts';
import { useCommands } from '../app/commands.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { count, time } from '../ui/format.ts';
import { Page, Section } from '../ui/page.tsx';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { CheckCard } from './check-card.tsx';
import { levelCounts, reportText } from './report-text.ts';
import styles from './doctor.module.css';

/** What this machine and its back ends offer, looked at when the place is opened and whenever it is asked for. */
export function DoctorPlace(): ReactElement {
  const { data, error, isFetching, refetch } = useApi('doctor', {}, { refetchOnMount: 'always' });
  useCommands(
    useMemo(
      () => [{ id: 'doctor-again', title: 'Look at this machine again', group: 'Doctor', run: () => void refetch() }],
      [refetch],
    ),
  );
  return (
    <Page
      title="Doctor"
      actions={
        <>
          {data !== undefined && <CopyButton label="Copy the report" text={reportText(data)} />}
          <Button icon={<RefreshCw aria-hidden />} isPending={isFetching} onPress={() => void refetch()}>
            Look again
          </Button>
        </>
      }
    >
      {error !== null && !isFetching ? (
        <ErrorState error={error} title="Doctor could not look" retry={() => void refetch()} />
      ) : data === undefined ? (
        <LoadingState what="Looking at this machine and its back ends…" />
      ) : (
        <Report report={data} />
      )}
    </Page>
  );
}

function Report({ report }: { readonly report: DoctorReport }): ReactElement {
  const { limited, missing } = levelCounts(report);
  const words = [
    ...(limited > 0 ? [`${count(limited, 'thing')} limited`] : []),
    ...(missing > 0 ? [`${count(missing, 'thing')} not here`] : []),
  ];
  return (
    <>
      <p className={styles['summary']} role="status">
        Looked at {time(report.at)}: {words.length === 0 ? 'everything works' : words.join(', ')}.
      </p>
      <Section title="This machine">
        <Checks checks={report.machine} />
      </Section>
      {report.backends.map(({ id, title, available, checks }) => (
        <Section
          key={id}
          title={title}
          mark={
            available ? (
              <Badge tone="ok" icon={<CircleCheck aria-hidden />}>
                Tasks can run here
              </Badge>
            ) : (
              <Badge icon={<CircleMinus aria-hidden />}>Tasks cannot run here</Badge>
            )
          }
        >
          <Checks checks={checks} />
        </Section>
      ))}
    </>
  );
}

function Checks({ checks }: { readonly checks: readonly DoctorCheck[] }): ReactElement {
  return (
    <ul className={styles['checks']}>
      {checks.map((check) => (
        <CheckCard key={check.id} check={check} />
      ))}
    </ul>
  );
}
