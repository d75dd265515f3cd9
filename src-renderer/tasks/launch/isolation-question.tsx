import type { ReactElement } from 'react';
import { useState } from 'react';
import type { DoctorCheck } from '../../../src-shared/api/doctor.ts';
import { useApi } from '../../app/api.ts';
import { navigate, paths } from '../../app/routes.ts';
import { LevelBadge } from '../../doctor/check-card.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import styles from './launch.module.css';

interface IsolationQuestionProps {
  readonly isOpen: boolean;
  readonly isPending: boolean;
  readonly onClose: () => void;
  readonly onAccept: (always: boolean) => void;
}

/** Docker is missing: may the same worker run as a plain process? Says what that means on this very machine. */
export function IsolationQuestion({ isOpen, isPending, onClose, onAccept }: IsolationQuestionProps): ReactElement {
  const [always, setAlways] = useState(false);
  return (
    <Dialog
      title="Run without a container?"
      role="alertdialog"
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isPending={isPending}
            onPress={() => {
              onAccept(always);
            }}
          >
            Run as a plain process
          </Button>
        </>
      }
    >
      <div className={styles['words']}>
        <p>
          Docker is not available on this machine. The same worker can run as a plain process, which is less isolated.
          What it computes is the same, and the run records the isolation that it had.
        </p>
        <Walls />
        <Checkbox isSelected={always} onChange={setAlways}>
          Do not ask again until this window is closed
        </Checkbox>
        <p>
          <Button
            size="small"
            onPress={() => {
              onClose();
              navigate(paths.doctor());
            }}
          >
            See why Docker is missing
          </Button>
        </p>
      </div>
    </Dialog>
  );
}

/** What Doctor found that stands around a plain process here. */
function Walls(): ReactElement {
  const { data, error } = useApi('doctor', {});
  const checks = data?.backends.find(({ id }) => id === 'process')?.checks ?? [];
  if (data === undefined && error === null)
    return (
      <p className={styles['looking']} role="status">
        <Spinner /> Looking at what stands around a process on this machine…
      </p>
    );
  if (checks.length === 0)
    return (
      <p>Without a sandbox it can read your own files and use the network; what it writes is limited by the task.</p>
    );
  return (
    <ul className={styles['walls']} aria-label="A plain process on this machine">
      {checks.map((check: DoctorCheck) => (
        <li key={check.id}>
          <LevelBadge level={check.level} />
          <span>
            <strong>{check.title}.</strong> {check.found}
          </span>
        </li>
      ))}
    </ul>
  );
}
