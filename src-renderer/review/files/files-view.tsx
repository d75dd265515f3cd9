import { ShieldCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { RunFile } from '../../../src-shared/api/library.ts';
import type { Job } from '../../../src-shared/job.ts';
import { Button } from '../../ui/button.tsx';
import { bytes, count } from '../../ui/format.ts';
import { Split } from '../../ui/split.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { FilePreview } from './file-preview.tsx';
import { FileTree } from './tree-table.tsx';
import { missingOf, treeRows } from './file-tree.ts';
import type { Verification } from './use-verification.ts';
import { useVerification } from './use-verification.ts';
import styles from './files-view.module.css';

/** The whole folder of a run, with the hashes that its result states and the way to check them. */
export function FilesView({ job, files }: { readonly job: Job; readonly files: readonly RunFile[] }): ReactElement {
  const [chosen, setChosen] = useState<string | null>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const outputs = useMemo(() => job.result?.outputs ?? [], [job.result]);
  const rows = useMemo(() => treeRows(files, outputs, closed), [files, outputs, closed]);
  const verification = useVerification(job.id);
  const file = files.find(({ path }) => path === chosen);
  const listed = files.filter(({ sha256 }) => sha256 !== null);
  // Not from the rows: of a folded folder they hold nothing.
  const missing = useMemo(() => missingOf(files, outputs).length, [files, outputs]);
  return (
    <Split name="files" label="Width of the list of files" initial={600} min={280} max={1100} minRest={280}>
      <section className={styles['files']} aria-label="Files">
        <div className={styles['tools']}>
          <span className={styles['sum']}>
            {count(files.length, 'file')}, {bytes(files.reduce((sum, one) => sum + one.bytes, 0))}
          </span>
          <Button
            size="small"
            icon={<ShieldCheck aria-hidden />}
            isDisabled={listed.length === 0}
            isPending={verification.isRunning}
            onPress={() => {
              verification.verify(listed.map(({ path }) => path));
            }}
          >
            Verify all
          </Button>
        </div>
        <Summary verification={verification} listed={listed} missing={missing} />
        <FileTree
          rows={rows}
          chosen={chosen}
          onChoose={setChosen}
          onFold={(path) => {
            const next = new Set(closed);
            if (!next.delete(path)) next.add(path);
            setClosed(next);
          }}
          verdicts={verification.verdicts}
        />
      </section>
      {file === undefined ? (
        <EmptyState title="No file chosen">
          <p>Choose a file to see what it holds.</p>
        </EmptyState>
      ) : (
        <FilePreview key={file.path} jobId={job.id} file={file} verification={verification} />
      )}
    </Split>
  );
}

interface SummaryProps {
  readonly verification: Verification;
  readonly listed: readonly RunFile[];
  readonly missing: number;
}

/** What came of verifying, in a sentence. */
function Summary({ verification: { verdicts, isRunning }, listed, missing }: SummaryProps): ReactElement | null {
  const of = (kind: string) => listed.filter(({ path }) => verdicts.get(path)?.kind === kind).length;
  const [same, other, failed] = [of('matches'), of('differs'), of('failed')];
  const done = same + other + failed;
  const bad = [
    other > 0 && `${count(other, 'file')} changed since the run ended`,
    failed > 0 && `${count(failed, 'file')} could not be read`,
    missing > 0 && `${count(missing, 'file')} of the result not in the folder`,
  ].filter((part) => part !== false);
  if (done === 0 && bad.length === 0 && !isRunning) return null;
  const text =
    bad.length > 0
      ? `${bad.join(', ')}.`
      : isRunning || done < listed.length
        ? `${done} of ${count(listed.length, 'listed file')} verified.`
        : `All ${count(listed.length, 'file')} of the result are as the run wrote them.`;
  return (
    <p className={styles['summary']} data-tone={bad.length > 0 ? 'bad' : 'ok'} role="status">
      {text}
    </p>
  );
}
