import { Download, FileText, RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RunFile } from '../../../src-shared/api/library.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { workerFiles } from '../../../src-shared/worker-protocol.ts';
import { Button } from '../../ui/button.tsx';
import { bytes } from '../../ui/format.ts';
import { EmptyState } from '../../ui/states.tsx';
import { TextPreview } from '../files/text-preview.tsx';
import { runFileUrl } from '../run-file.ts';
import { saveCopy } from '../save-copy.ts';
import { reportFile } from '../tabs-of.ts';
import styles from './report-view.module.css';

/** A larger report is shown when a person asks for it. */
const mostBytes = 20_000_000;

interface ReportViewProps {
  readonly jobId: JobId;
  readonly files: readonly RunFile[];
}

/**
 * A run's report, kept apart: a sandboxed frame with an origin of its own, no scripts, no network, no forms. Its links work
 * inside the frame.
 */
export function ReportView({ jobId, files }: ReportViewProps): ReactElement {
  const report = reportFile(files);
  const [isText, setText] = useState(false);
  const [isWanted, setWanted] = useState(false);
  // A page that was followed in the frame is left by making the frame anew.
  const [turn, setTurn] = useState(0);
  const [loads, setLoads] = useState(0);
  if (report === undefined) return <EmptyState title="This run wrote no report" />;
  const markdown = files.find(({ path }) => path === workerFiles.reportMarkdown);
  const isHtml = report.path === workerFiles.reportHtml;
  const textFile = markdown ?? report;
  const frame = () => {
    if (!isHtml || isText) return <TextPreview key={textFile.path} jobId={jobId} file={textFile} />;
    if (report.bytes > mostBytes && !isWanted)
      return (
        <EmptyState
          title="This report is large"
          actions={
            <Button
              onPress={() => {
                setWanted(true);
              }}
            >
              Show {bytes(report.bytes)}
            </Button>
          }
        />
      );
    return (
      <iframe
        key={turn}
        className={styles['frame']}
        src={runFileUrl(jobId, report.path)}
        sandbox=""
        referrerPolicy="no-referrer"
        title="Report"
        onLoad={() => {
          setLoads((count) => count + 1);
        }}
      />
    );
  };
  return (
    <section className={styles['report']} aria-label="Report">
      <div className={styles['tools']}>
        <span className={styles['note']}>
          Made by the run, and shown without scripts or network. To print it, save a copy and open that.
        </span>
        {loads > 1 && !isText && (
          <Button
            size="small"
            icon={<RotateCcw aria-hidden />}
            onPress={() => {
              setTurn(turn + 1);
              setLoads(0);
            }}
          >
            Back to the report
          </Button>
        )}
        {isHtml && markdown !== undefined && (
          <Button
            size="small"
            variant="quiet"
            icon={<FileText aria-hidden />}
            onPress={() => {
              setText(!isText);
              setLoads(0);
            }}
          >
            {isText ? 'Show as page' : 'Show as text'}
          </Button>
        )}
        <Button
          size="small"
          variant="quiet"
          icon={<Download aria-hidden />}
          onPress={() => {
            saveCopy(jobId, isText ? textFile.path : report.path);
          }}
        >
          Save a copy…
        </Button>
      </div>
      <div className={styles['body']}>{frame()}</div>
    </section>
  );
}
