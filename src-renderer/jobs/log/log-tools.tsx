import { ArrowDown, ArrowDownToLine, ArrowUp, Copy, Download, WrapText } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import { workerFiles } from '../../../src-shared/worker-protocol.ts';
import { useCommands } from '../../app/commands.ts';
import { saveCopy } from '../../review/save-copy.ts';
import { count, grouped } from '../../ui/format.ts';
import { IconButton, IconToggle } from '../../ui/icon-button.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { copyLog } from './copy-log.ts';
import type { LogBuffer } from './log-buffer.ts';
import styles from './log-view.module.css';

interface LogToolsProps {
  readonly jobId: JobId;
  readonly buffer: LogBuffer;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly matches: number;
  /** Which of the matches is shown, from 1. */
  readonly position: number | null;
  readonly onStep: (by: 1 | -1) => void;
  readonly isWrapped: boolean;
  readonly onWrapped: (isWrapped: boolean) => void;
  readonly isTailed: boolean;
  readonly onTailed: (isTailed: boolean) => void;
}

/** Search and switches above a log. */
export function LogTools(props: LogToolsProps): ReactElement {
  const { jobId, buffer, query, onQuery, matches, position, onStep, isWrapped, onWrapped, isTailed, onTailed } = props;
  const bar = useRef<HTMLDivElement>(null);
  useCommands(
    useMemo(
      () => [
        {
          id: 'search-log',
          title: 'Search the log',
          group: 'Log',
          keys: 'Mod+F',
          run: () => bar.current?.querySelector('input')?.focus(),
        },
      ],
      [],
    ),
  );
  const found =
    query === ''
      ? count(buffer.length + buffer.dropped, 'line')
      : position === null
        ? `${count(matches, 'line')} found`
        : `${grouped(position)} of ${grouped(matches)} found`;
  return (
    <div ref={bar} className={styles['tools']} role="toolbar" aria-label="Log tools">
      <div className={styles['search']}>
        <SearchField
          label="Search the log"
          value={query}
          onChange={onQuery}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            onStep(event.shiftKey ? -1 : 1);
          }}
        />
      </div>
      <IconButton
        size="small"
        label="Previous match (Shift+Enter)"
        icon={<ArrowUp aria-hidden />}
        isDisabled={matches === 0}
        onPress={() => {
          onStep(-1);
        }}
      />
      <IconButton
        size="small"
        label="Next match (Enter)"
        icon={<ArrowDown aria-hidden />}
        isDisabled={matches === 0}
        onPress={() => {
          onStep(1);
        }}
      />
      <span className={styles['found']} role="status">
        {found}
      </span>
      <IconToggle
        size="small"
        label="Wrap long lines"
        icon={<WrapText aria-hidden />}
        isSelected={isWrapped}
        onChange={onWrapped}
      />
      <IconToggle
        size="small"
        label="Keep the newest lines in sight"
        icon={<ArrowDownToLine aria-hidden />}
        isSelected={isTailed}
        onChange={onTailed}
      />
      <IconButton
        size="small"
        label="Copy the log"
        icon={<Copy aria-hidden />}
        onPress={() => {
          copyLog(buffer);
        }}
      />
      <IconButton
        size="small"
        label="Save a copy of the log…"
        icon={<Download aria-hidden />}
        onPress={() => {
          saveCopy(jobId, workerFiles.logs);
        }}
      />
    </div>
  );
}
