import type { ReactElement } from 'react';
import { useState } from 'react';
import { JobId } from '../../src-shared/job-id.ts';
import type { Resource } from '../../src-shared/api/spending.ts';
import { perHour } from '../../src-shared/money/words.ts';
import { Button } from '../ui/button.tsx';
import { time } from '../ui/format.ts';
import page from '../ui/page.module.css';
import { AdoptDialog } from './adopt-dialog.tsx';
import { EndButtons } from './end-buttons.tsx';
import { waysToEnd } from './entry-words.ts';
import styles from './costs.module.css';

const states: Record<Resource['state'], string> = {
  starting: 'Starting',
  running: 'Running',
  stopping: 'Stopping',
  stopped: 'Stopped',
};

interface ResourceTableProps {
  readonly label: string;
  readonly resources: readonly Resource[];
  readonly isOurs: boolean;
  /** What is said when there is none. */
  readonly empty: string;
}

/** Things at back ends that bill, or may, with what can be done with each. */
export function ResourceTable({ label, resources, isOurs, empty }: ResourceTableProps): ReactElement {
  const [adopting, setAdopting] = useState<Resource | null>(null);
  if (resources.length === 0) return <p>{empty}</p>;
  return (
    <div className={styles['tableFrame']} tabIndex={0} role="region" aria-label={label}>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">What</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col" className={styles['number']}>
              Rate
            </th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {resources.map((resource) => (
            <tr key={`${resource.backend} ${resource.id}`}>
              <th scope="row">
                {resource.name}
                <div className={page['code']}>{resource.id}</div>
                {!isOurs && resource.label !== null && (
                  <div className={page['muted']}>bears the label {resource.label}</div>
                )}
              </th>
              <td>{resource.what}</td>
              <td>{states[resource.state]}</td>
              <td>{resource.startedAt === null ? 'not known' : time(resource.startedAt)}</td>
              <td className={styles['number']}>{perHour(resource.hourlyMicroUsd)}</td>
              <td>
                <div className={styles['rowActions']}>
                  {!isOurs && (
                    <Button
                      size="small"
                      aria-label={`Take over ${resource.name}…`}
                      onPress={() => {
                        setAdopting(resource);
                      }}
                    >
                      Take over…
                    </Button>
                  )}
                  <EndButtons
                    target={targetOf(resource, isOurs)}
                    ways={waysToEnd({ jobId: null, state: 'running' }, resource)}
                  />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {adopting !== null && (
        <AdoptDialog
          resource={adopting}
          onClose={() => {
            setAdopting(null);
          }}
        />
      )}
    </div>
  );
}

function targetOf({ backend, id, entryId, name, what, hourlyMicroUsd }: Resource, isOurs: boolean) {
  // The entry of a job bears the job’s id. What is somebody else’s may bear any label: it names no job of ours.
  const jobId = isOurs ? (JobId.safeParse(entryId).data ?? null) : null;
  return { backend, resourceId: id, jobId, name, what, hourlyMicroUsd, isOurs };
}
