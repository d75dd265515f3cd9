import type { ReactElement } from 'react';
import { memo } from 'react';
import { visibleText } from '../../review/visible-text.ts';
import type { LogLevel } from './log-buffer.ts';
import { parseLogLine } from './log-buffer.ts';
import { highlight } from './log-search.ts';
import styles from './log-view.module.css';

const words: Record<LogLevel, string> = { info: 'INFO', warn: 'WARN', error: 'ERROR' };

/** A line: time, level as a word, message; what was searched for is marked. */
export const LogRow = memo(function LogRow({
  line,
  query,
}: {
  readonly line: string;
  readonly query: string;
}): ReactElement {
  const { time, level, message } = parseLogLine(visibleText(line, '\t'));
  return (
    <span className={[styles['text'], level === null ? '' : styles[level]].join(' ')}>
      {time !== null && (
        <span className={styles['time']}>
          <Marked text={time} query={query} />{' '}
        </span>
      )}
      {level !== null && (
        <span className={styles['level']}>
          <Marked text={words[level].padEnd(5)} query={query} />{' '}
        </span>
      )}
      <Marked text={message} query={query} />
    </span>
  );
});

function Marked({ text, query }: { readonly text: string; readonly query: string }): ReactElement {
  const parts = highlight(text, query);
  if (parts.length === 1) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))}</>;
}
