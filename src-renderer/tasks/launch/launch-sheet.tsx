import { BadgeCheck, Play } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { TaskId } from '../../../src-shared/api/library.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { useApi } from '../../app/api.ts';
import { FetchProgress } from '../../services/fetch-progress.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { LoadingState } from '../../ui/states.tsx';
import type { Choice } from './choice.ts';
import { noChoice } from './choice.ts';
import { IsolationQuestion } from './isolation-question.tsx';
import { limitRows } from './limit-rows.ts';
import { ObstacleBanner } from './obstacle-banner.tsx';
import { OfferPanel } from './offer-panel.tsx';
import { OptionTable } from './option-table.tsx';
import { PreflightPanel } from './preflight-panel.tsx';
import { ServiceNotice } from './service-notice.tsx';
import { sheetButton } from './sheet-button.ts';
import { obstacleOf, remedyHere } from './submit-error.ts';
import type { Launch, Wanted } from './use-launch.ts';
import { useLaunchSheet } from './use-launch-sheet.ts';
import styles from './launch.module.css';

interface LaunchSheetProps {
  readonly task: Task;
  readonly taskId: TaskId;
  /** The task as it is in the editor. */
  readonly text: string;
  readonly launch: Launch;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Where a task can run, for how much and within what limits; what stands in the way; and the one button. */
export function LaunchSheet({ task, taskId, text, launch, isOpen, onClose }: LaunchSheetProps): ReactElement {
  const [choice, setChoice] = useState<Choice>(noChoice);
  const [isOffline, setOffline] = useState(false);
  const { obstacle, isPending, preparing } = launch;
  const asked = useLaunchSheet({ taskId, text, isOffline, choice });
  const { sheet, backend, isAsking, error } = asked;
  const { data: resolved } = useApi('settings', {});
  const workspaceTimeout = resolved?.settings.find(({ name }) => name.endsWith('default_timeout_sec'))?.value;
  const option = sheet?.options.find((one) => one.backend === backend) ?? null;
  const button = sheetButton({ task, hasSheet: sheet !== undefined, option, isAsking, hasFailed: error !== null });
  // The router's own choice goes unnamed, so that the record keeps its reason.
  const wanted: Wanted = { backend: choice.backend ?? undefined, isOffline, agreed: button.agreed };
  const { analysis } = task;
  if (obstacle?.kind === 'isolation')
    return (
      <IsolationQuestion
        isOpen={isOpen}
        isPending={isPending}
        onClose={onClose}
        onAccept={(always) => {
          // Whatever stands in the way next, this is answered.
          setChoice({ ...choice, backend: 'process' });
          void launch.acceptProcess(task, isOffline, always);
        }}
      />
    );
  return (
    <Dialog
      title={`Run “${task.task_name}”`}
      size="wide"
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            icon={button.asks ? <BadgeCheck aria-hidden /> : <Play aria-hidden />}
            isPending={isPending}
            isDisabled={!button.isReady}
            onPress={() => void launch.submit(task, wanted)}
          >
            {button.words}
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
        <section className={styles['places']} aria-label="Where it can run" aria-busy={isAsking}>
          {error !== null && obstacle === null && (
            <SheetFailure
              error={error}
              inputs={task.inputs}
              retry={asked.askAgain}
              onAllow={() => {
                void launch.grantFolder().then((isGranted) => {
                  if (isGranted) asked.askAgain();
                });
              }}
            />
          )}
          {sheet === undefined ? (
            error === null && <LoadingState what="Asking every place for its price and its isolation…" />
          ) : (
            <>
              {sheet.refusal !== null && choice.backend === null && (
                <Banner tone="warn" title={sheet.refusal.message}>
                  {remedyHere(sheet.refusal) ?? 'Choose where it runs.'}
                </Banner>
              )}
              <OptionTable
                sheet={sheet}
                chosen={backend}
                onChoose={(next) => {
                  setChoice({ ...choice, backend: next });
                }}
              />
            </>
          )}
        </section>
        {option?.offer != null && (
          <OfferPanel
            offer={option.offer}
            candidate={choice.candidates[option.backend] ?? null}
            onChoose={(candidate) => {
              setChoice({ ...choice, candidates: { ...choice.candidates, [option.backend]: candidate } });
            }}
          />
        )}
        <p className="visually-hidden" role="status">
          {isAsking ? '' : button.words}
        </p>
        <Checkbox
          isSelected={isOffline}
          onChange={setOffline}
          description="Nothing is fetched: searches are answered by the small fixture catalogue that comes with Transect, other addresses are refused, local files are read as ever. Figures, maps and reports made from fixtures are marked as no measurement."
        >
          Offline, with fixture data
        </Checkbox>
        {analysis.type !== 'service' && <PreflightPanel launch={launch} wanted={wanted} />}
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

/** The places could not be asked. The task can be submitted all the same: the engine decides then. */
function SheetFailure({
  error,
  inputs,
  retry,
  onAllow,
}: {
  readonly error: Error;
  readonly inputs: unknown;
  readonly retry: () => void;
  readonly onAllow: () => void;
}): ReactElement {
  const found = obstacleOf(error, inputs);
  if (found.kind === 'input') return <ObstacleBanner obstacle={found} onAllow={onAllow} />;
  const failure = toAppError(error);
  return (
    <Banner
      tone="bad"
      title={failure.message}
      actions={
        <Button size="small" onPress={retry}>
          Ask again
        </Button>
      }
    >
      {remedyHere(failure)}
    </Banner>
  );
}
