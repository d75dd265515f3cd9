import { ChevronDown, ChevronRight, File, FileX, Folder } from 'lucide-react';
import type { KeyboardEvent, ReactElement } from 'react';
import { useRef } from 'react';
import { bytes, count, time } from '../../ui/format.ts';
import { useVirtual } from '../../ui/use-virtual.ts';
import { SafeName } from '../safe-name.tsx';
import { visibleText } from '../visible-text.ts';
import type { TreeRow } from './file-tree.ts';
import type { Verdict } from './use-verification.ts';
import { VerdictBadge } from './verdict.tsx';
import styles from './files-view.module.css';

const rowHeight = 28;

interface FileTreeProps {
  readonly rows: readonly TreeRow[];
  readonly chosen: string | null;
  readonly onChoose: (path: string) => void;
  readonly onFold: (path: string) => void;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** The folder of a run as a tree with columns. Arrow keys move and fold. */
export function FileTree({ rows, chosen, onChoose, onFold, verdicts }: FileTreeProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const list = useVirtual(frame, rows.length, () => rowHeight, { overscan: 10 });
  const at = rows.findIndex(({ path }) => path === chosen);
  const press = (event: KeyboardEvent) => {
    const row = rows[at];
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const folds =
      row?.kind === 'folder' && (event.key === (row.isOpen ? 'ArrowLeft' : 'ArrowRight') || event.key === 'Enter');
    if (to === undefined && !folds) return;
    event.preventDefault();
    if (folds) onFold(row.path);
    const next = rows[Math.max(0, Math.min(rows.length - 1, to ?? at))];
    if (next === undefined) return;
    onChoose(next.path);
    list.scrollToIndex(rows.indexOf(next), { align: 'auto' });
  };
  return (
    <div
      ref={frame}
      role="treegrid"
      aria-label="Folder of the run"
      aria-rowcount={rows.length}
      tabIndex={0}
      className={styles['tree']}
      onKeyDown={press}
      {...(at >= 0 && { 'aria-activedescendant': `file-${at}` })}
    >
      <div className={styles['columns']} role="row">
        <span role="columnheader">Name</span>
        <span role="columnheader">Size</span>
        <span role="columnheader">sha256 stated</span>
        <span role="columnheader">Modified</span>
      </div>
      <div role="presentation" style={{ height: list.getTotalSize(), position: 'relative' }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={`${row.kind} ${row.path}`}
              id={`file-${index}`}
              role="row"
              tabIndex={-1}
              aria-level={row.depth + 1}
              aria-rowindex={index + 1}
              aria-selected={row.path === chosen}
              aria-label={visibleText(row.path)}
              {...(row.kind === 'folder' && { 'aria-expanded': row.isOpen })}
              className={styles['row']}
              data-kind={row.kind}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              onClick={() => {
                onChoose(row.path);
                if (row.kind === 'folder') onFold(row.path);
              }}
              onKeyDown={undefined}
            >
              <Cells row={row} verdict={verdicts.get(row.path)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cells({ row, verdict }: { readonly row: TreeRow; readonly verdict: Verdict | undefined }): ReactElement {
  return (
    <>
      <span role="gridcell" className={styles['name']} style={{ paddingLeft: row.depth * 16 }}>
        <RowIcon row={row} />
        <SafeName text={row.name} />
      </span>
      <span role="gridcell" className={styles['size']}>
        {bytes(row.kind === 'file' ? row.file.bytes : row.kind === 'missing' ? row.artefact.bytes : row.bytes)}
      </span>
      <span role="gridcell" className={styles['hash']}>
        {row.kind === 'folder' ? (
          <span className={styles['faint']}>{count(row.files, 'file')}</span>
        ) : verdict !== undefined ? (
          <VerdictBadge verdict={verdict} />
        ) : row.kind === 'missing' ? (
          <span className={styles['bad']}>In the result, not in the folder</span>
        ) : row.file.sha256 === null ? (
          <span className={styles['faint']}>Not part of the hashed result</span>
        ) : (
          <code title={row.file.sha256}>{row.file.sha256.slice(0, 12)}…</code>
        )}
      </span>
      <span role="gridcell" className={styles['modified']}>
        {row.kind === 'file' && <time title={time(row.file.modifiedAt)}>{time(row.file.modifiedAt)}</time>}
      </span>
    </>
  );
}

function RowIcon({ row }: { readonly row: TreeRow }): ReactElement {
  if (row.kind === 'missing') return <FileX aria-hidden />;
  if (row.kind === 'file') return <File aria-hidden />;
  return (
    <>
      {row.isOpen ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
      <Folder aria-hidden />
    </>
  );
}
