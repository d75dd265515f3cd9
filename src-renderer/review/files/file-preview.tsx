import { Download, FolderOpen, ShieldCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RunFile } from '../../../src-shared/api/library.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { bytes, grouped, time } from '../../ui/format.ts';
import { runFileUrl } from '../run-file.ts';
import { SafeName } from '../safe-name.tsx';
import { saveCopy, showInFolder } from '../save-copy.ts';
import { visibleText } from '../visible-text.ts';
import { TextPreview } from './text-preview.tsx';
import type { Verification } from './use-verification.ts';
import { VerdictBadge } from './verdict.tsx';
import styles from './preview.module.css';

/** A larger image is decoded when a person asks for it. */
const mostImageBytes = 30_000_000;

interface FilePreviewProps {
  readonly jobId: JobId;
  readonly file: RunFile;
  readonly verification: Verification;
}

/** One file of a run: what is known of it, and its content as it is. */
export function FilePreview({ jobId, file, verification }: FilePreviewProps): ReactElement {
  const verdict = verification.verdicts.get(file.path);
  return (
    <section className={styles['preview']} aria-label="File">
      <div className={styles['head']}>
        <h2>
          <SafeName text={file.path} wrap />
        </h2>
        <dl className={styles['facts']}>
          <dt>Size</dt>
          <dd>
            {bytes(file.bytes)} ({grouped(file.bytes)} bytes)
          </dd>
          <dt>Type</dt>
          <dd>{file.mediaType}</dd>
          <dt>Modified</dt>
          <dd>{time(file.modifiedAt)}</dd>
          <dt>sha256 stated</dt>
          <dd>
            {file.sha256 === null ? 'None: not part of the hashed result' : <code>{file.sha256}</code>}{' '}
            {verdict !== undefined && <VerdictBadge verdict={verdict} />}
          </dd>
          {verdict?.kind === 'differs' && (
            <>
              <dt>sha256 now</dt>
              <dd>
                <code>{verdict.sha256}</code>
              </dd>
            </>
          )}
        </dl>
        <div className={styles['tools']}>
          <Button
            size="small"
            icon={<ShieldCheck aria-hidden />}
            onPress={() => {
              verification.verify([file.path]);
            }}
          >
            Verify
          </Button>
          <Button
            size="small"
            icon={<Download aria-hidden />}
            onPress={() => {
              saveCopy(jobId, file.path);
            }}
          >
            Save a copy…
          </Button>
          <Button
            size="small"
            icon={<FolderOpen aria-hidden />}
            onPress={() => {
              showInFolder(jobId, file.path);
            }}
          >
            Show in folder
          </Button>
          <CopyButton label="Copy the path" text={file.path} />
        </div>
      </div>
      <div className={styles['body']}>
        {file.mediaType.startsWith('image/') && !file.mediaType.startsWith('image/tiff') ? (
          <ImagePreview jobId={jobId} file={file} />
        ) : (
          <TextPreview jobId={jobId} file={file} />
        )}
      </div>
    </section>
  );
}

function ImagePreview({ jobId, file }: { readonly jobId: JobId; readonly file: RunFile }): ReactElement {
  const [isWanted, setWanted] = useState(file.bytes <= mostImageBytes);
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return <TextPreview jobId={jobId} file={file} />;
  if (!isWanted)
    return (
      <EmptyState
        title="This image is large"
        actions={
          <Button
            onPress={() => {
              setWanted(true);
            }}
          >
            Show {bytes(file.bytes)}
          </Button>
        }
      />
    );
  return (
    <img
      className={styles['image']}
      src={runFileUrl(jobId, file.path)}
      alt={visibleText(file.path)}
      onError={() => {
        setBroken(true);
      }}
    />
  );
}
