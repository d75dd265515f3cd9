import type { ReactElement } from 'react';
import { Suspense, lazy, useEffect } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { LoadingState } from '../ui/states.tsx';
import { Toasts } from '../ui/toast.tsx';
import { AppCommands } from './app-commands.tsx';
import { ConditionsBanner } from './conditions-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { LinkBanner } from './link-banner.tsx';
import { OwnerDialog } from './owner-dialog.tsx';
import { Rail } from './rail.tsx';
import type { Place } from './routes.ts';
import { parsePath } from './routes.ts';
import styles from './app.module.css';

const TasksPlace = lazy(async () => ({ default: (await import('../tasks/tasks-place.tsx')).TasksPlace }));
const JobsPlace = lazy(async () => ({ default: (await import('../jobs/jobs-place.tsx')).JobsPlace }));
const ApprovalsPlace = lazy(async () => ({
  default: (await import('../approvals/approvals-place.tsx')).ApprovalsPlace,
}));
const CostsPlace = lazy(async () => ({ default: (await import('../costs/costs-place.tsx')).CostsPlace }));
const ReviewPlace = lazy(async () => ({ default: (await import('../review/review-place.tsx')).ReviewPlace }));
const ServicesPlace = lazy(async () => ({ default: (await import('../services/services-place.tsx')).ServicesPlace }));
const DoctorPlace = lazy(async () => ({ default: (await import('../doctor/doctor-place.tsx')).DoctorPlace }));
const SettingsPlace = lazy(async () => ({ default: (await import('../settings/settings-place.tsx')).SettingsPlace }));

/** The window: a rail of places, and the place. */
export function App(): ReactElement {
  const [path] = useHashLocation();
  const place = parsePath(path);
  return (
    <div className={styles['app']}>
      <Rail current={place.name} />
      <main className={styles['main']}>
        <LinkBanner />
        <ConditionsBanner />
        <div className={styles['place']}>
          <ErrorBoundary resetKey={path}>
            <Suspense fallback={<LoadingState what="Opening…" />}>
              <CurrentPlace place={place} />
              <Ready />
            </Suspense>
          </ErrorBoundary>
        </div>
      </main>
      <AppCommands />
      <OwnerDialog />
      <Toasts />
    </div>
  );
}

function CurrentPlace({ place }: { readonly place: Place }): ReactElement {
  switch (place.name) {
    case 'tasks':
      return <TasksPlace taskId={place.taskId} />;
    case 'jobs':
      return <JobsPlace jobId={place.jobId} />;
    case 'approvals':
      return <ApprovalsPlace jobId={place.jobId} />;
    case 'costs':
      return <CostsPlace tab={place.tab} />;
    case 'review':
      return <ReviewPlace jobId={place.jobId} tab={place.tab} />;
    case 'services':
      return <ServicesPlace name={place.service} />;
    case 'doctor':
      return <DoctorPlace />;
    case 'settings':
      return <SettingsPlace />;
  }
}

/** Marks the page once its first place is there, for measurements and the smoke test. */
function Ready(): null {
  useEffect(() => {
    document.documentElement.dataset['ready'] ??= 'true';
    performance.mark('transect-ready');
  }, []);
  return null;
}
