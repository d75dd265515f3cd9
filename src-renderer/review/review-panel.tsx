import type { ReactElement } from 'react';
import { Suspense, lazy } from 'react';
import type { RunFile } from '../../src-shared/api/library.ts';
import type { Job } from '../../src-shared/job.ts';
import { ErrorBoundary } from '../app/error-boundary.tsx';
import { LogView } from '../jobs/log/log-view.tsx';
import { LoadingState } from '../ui/states.tsx';
import { FiguresView } from './figures/figures-view.tsx';
import { FilesView } from './files/files-view.tsx';
import { IsolationView } from './isolation/isolation-view.tsx';
import type { Json } from './metadata/json-tree.ts';
import { MetadataView } from './metadata/metadata-view.tsx';
import { ReportView } from './report/report-view.tsx';
import { TablesView } from './table/tables-view.tsx';
import type { ReviewTab } from './tabs-of.ts';

// The map brings its own large library: it is loaded when a map is looked at.
const RunMap = lazy(async () => ({ default: (await import('../map/run-map.tsx')).RunMap }));

interface ReviewPanelProps {
  readonly tab: ReviewTab;
  readonly job: Job;
  readonly files: readonly RunFile[];
  readonly marks: readonly string[];
  readonly metadata: Json;
}

/** What is behind a tab. A defect in one leaves the others usable. */
export function ReviewPanel(props: ReviewPanelProps): ReactElement {
  return (
    <ErrorBoundary resetKey={props.tab}>
      <Suspense fallback={<LoadingState what="Opening…" />}>
        <Panel {...props} />
      </Suspense>
    </ErrorBoundary>
  );
}

function Panel({ tab, job, files, marks, metadata }: ReviewPanelProps): ReactElement {
  switch (tab) {
    case 'map':
      return <RunMap jobId={job.id} files={files} marks={marks} />;
    case 'report':
      return <ReportView jobId={job.id} files={files} />;
    case 'figures':
      return <FiguresView jobId={job.id} files={files} marks={marks} />;
    case 'tables':
      return <TablesView jobId={job.id} files={files} />;
    case 'metadata':
      return <MetadataView job={job} files={files} metadata={metadata} />;
    case 'log':
      return <LogView jobId={job.id} />;
    case 'files':
      return <FilesView job={job} files={files} />;
    case 'isolation':
      return <IsolationView job={job} />;
  }
}
