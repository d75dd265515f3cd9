import { Play } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { BackendId } from '../../../src-shared/job.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { useApi } from '../../app/api.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { bytes, duration, grouped } from '../../ui/format.ts';
import { Select } from '../../ui/select.tsx';
import { FetchProgress } from '../../services/fetch-progress.tsx';
import { optionLabels } from '../form/form-model.ts';
import type { Obstacle } from './submit-error.ts';
import { IsolationQuestion } from './isolation-question.tsx';
import { PreflightPanel } from './preflight-panel.tsx';
import { ServiceNotice } from './service-notice.tsx';
import { remedyHere } from './submit-error.ts';
import type { Launch, Wanted } from './use-launch.ts';
import styles from './launch.module.css';

interface LaunchSheetProps {
  readonly task: Task;
  readonly launch: Launch;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const asTaskSays = 'task';

/** What is about to run, where and within what limits; and what stands in the way. */
export function LaunchSheet({ task, launch, isOpen, onClose }: LaunchSheetProps): ReactElement {
  const [choice, setChoice] = useState<string>(asTaskSays);
  const [isOffline, setOffline] = useState(false);
  const { obstacle, isPending, preparing } = launch;
  const { data: resolved } = useApi('settings', {});
  const workspaceTimeout = resolved?.settings.find(({ name }) => name.endsWith('default_timeout_sec'))?.value;
  const wanted: Wanted = { backend: choice === asTaskSays ? undefined : (choice as BackendId), isOffline };
  const { analysis } = task;
  const isService = analysis.type === 'service';
  if (obstacle?.kind === 'isolation')
    return (
      <IsolationQuestion
        isOpen={isOpen}
        isPending={isPending}
        onClose={onClose}
        onAccept={(always) => {
          // Whatever stands in the way next, this is answered.
          setChoice('process');
          void launch.acceptProcess(task, isOffline, always);
        }}
      />
    );
  return (
    <Dialog
      title={`Run “${task.task_name}”`}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            icon={<Play aria-hidden />}
            isPending={isPending}
            onPress={() => void launch.submit(task, wanted)}
          >
            Run on this machine
          </Button>
        </>
      }
    >
      <div className={styles['words']}>
        {obstacle !== null && (
          <ObstacleBanner obstacle={obstacle} onAllow={() => void launch.allowFolder(task, wanted)} />
        )}
        {preparing !== null && (
          <section aria-label="Before the first run in a container">
            <h3>Building the worker’s image, once</h3>
            <FetchProgress label="Building the worker’s image" step={preparing} />
          </section>
        )}
        {analysis.type === 'service' && <ServiceNotice analysis={analysis} />}
        <Select
          label="Back end"
          description={choice === 'process' ? 'Not kept from your files and the network by a container' : undefined}
          options={[
            { id: asTaskSays, label: `As the task says: ${optionLabels[task.backend] ?? task.backend}` },
            { id: 'docker', label: 'Docker', description: 'A container without your files and privileges' },
            {
              id: 'process',
              label: 'Plain process',
              description: isService ? 'A service never runs on the host' : 'Less isolated, needs nothing installed',
              isDisabled: isService,
            },
          ]}
          value={choice}
          onChange={setChoice}
        />
        <Checkbox
          isSelected={isOffline}
          onChange={setOffline}
          description="Nothing is fetched: searches are answered by the small fixture catalogue that comes with Transect, other addresses are refused, local files are read as ever. Figures, maps and reports made from fixtures are marked as no measurement."
        >
          Offline, with fixture data
        </Checkbox>
        {!isService && <PreflightPanel launch={launch} wanted={wanted} />}
        <section aria-label="Limits of this run">
          <h3>Limits</h3>
          <dl className={styles['facts']}>
            {limitRows(task, workspaceTimeout).map(([name, value]) => [
              <dt key={name}>{name}</dt>,
              <dd key={`${name}=`}>{value}</dd>,
            ])}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}

/** The limits that hold for a run. @param workspaceTimeout seconds for tasks that name none, where it is known */
function limitRows({ limits, analysis, resources }: Task, workspaceTimeout: unknown): [string, string][] {
  const seconds = limits.timeout_sec ?? workspaceTimeout;
  const time =
    typeof seconds !== 'number'
      ? 'as set for this workspace'
      : seconds === 0
        ? 'the smallest cap'
        : duration(seconds * 1000);
  return [
    ['Time', time],
    ['Read', bytes(limits.max_read_bytes)],
    ['Write', bytes(limits.max_output_bytes)],
    // A service's own program knows neither items nor pixels.
    ...(analysis.type === 'service'
      ? []
      : ([
          ['Items', grouped(limits.max_items)],
          ['Pixels', grouped(limits.max_pixels)],
        ] satisfies [string, string][])),
    ['Memory', memoryWords(analysis.type === 'service' ? resources.memory_gb : undefined, limits.memory_mb)],
  ];
}

/** A service has what its task asks of a machine, where that is said. @param askedGb GiB */
function memoryWords(askedGb: number | undefined, limitMb: number): string {
  return askedGb === undefined ? `${grouped(limitMb)} MiB` : `${askedGb} GiB`;
}

function ObstacleBanner({
  obstacle,
  onAllow,
}: {
  readonly obstacle: Obstacle;
  readonly onAllow: () => void;
}): ReactElement {
  const { error } = obstacle;
  const canAllow = obstacle.kind === 'input' && obstacle.canAllow;
  return (
    <Banner
      tone="bad"
      title={error.message}
      actions={
        canAllow && (
          <Button size="small" onPress={onAllow}>
            Allow this folder…
          </Button>
        )
      }
    >
      {canAllow ? 'Choose the folder that it lies in: tasks of this workspace may then read it.' : remedyHere(error)}
    </Banner>
  );
}
