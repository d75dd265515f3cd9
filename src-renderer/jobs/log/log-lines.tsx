import type { KeyboardEvent, PointerEvent, ReactElement, RefObject, WheelEvent } from 'react';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { useVirtual } from '../../ui/use-virtual.ts';
import type { LogBuffer } from './log-buffer.ts';
import { LogRow } from './log-row.tsx';
import styles from './log-view.module.css';

/** Height of a line that is not wrapped, px; a wrapped one is measured. */
const lineHeight = 20;
/** So near the end, the newest lines are in sight. */
const nearEnd = 4;

interface LogLinesProps {
  readonly buffer: LogBuffer;
  readonly version: number;
  readonly query: string;
  readonly current: number | null;
  readonly isWrapped: boolean;
  readonly isTailed: boolean;
  readonly onTailed: (isTailed: boolean) => void;
  /** Gets the way to bring a line into sight. */
  readonly goTo: RefObject<((line: number) => void) | null>;
}

/** The lines in sight of a log of any length. */
export function LogLines(props: LogLinesProps): ReactElement {
  const { buffer, version, query, current, isWrapped, isTailed, onTailed, goTo } = props;
  const frame = useRef<HTMLDivElement>(null);
  const lines = useVirtual(frame, buffer.length, () => lineHeight, {
    getItemKey: (index) => index + buffer.dropped,
    overscan: 24,
  });
  useEffect(() => {
    lines.measure();
  }, [isWrapped, lines]);
  useImperativeHandle(
    goTo,
    () => (line: number) => {
      lines.scrollToIndex(line, { align: 'center' });
    },
    [lines],
  );
  useLayoutEffect(() => {
    if (isTailed && version > 0 && buffer.length > 0) lines.scrollToIndex(buffer.length - 1, { align: 'end' });
  }, [isTailed, version, buffer, lines]);
  // Only what a person does lets go of the end: lines that arrive move the page, too.
  const isAtEnd = () => {
    const { scrollHeight, scrollTop, clientHeight } = frame.current ?? {
      scrollHeight: 0,
      scrollTop: 0,
      clientHeight: 0,
    };
    return scrollHeight - scrollTop - clientHeight <= nearEnd;
  };
  const wheel = ({ deltaY }: WheelEvent) => {
    if (deltaY < 0) onTailed(false);
    else if (deltaY > 0 && isAtEnd()) onTailed(true);
  };
  const press = ({ key }: KeyboardEvent) => {
    if (key === 'ArrowUp' || key === 'PageUp' || key === 'Home') onTailed(false);
    else if (key === 'End') onTailed(true);
  };
  const grab = ({ nativeEvent }: PointerEvent) => {
    if (nativeEvent.offsetX > (frame.current?.clientWidth ?? Infinity)) onTailed(false);
  };
  return (
    <div
      ref={frame}
      className={styles['lines']}
      data-wrapped={isWrapped}
      tabIndex={0}
      role="group"
      aria-label="Lines of the log"
      onWheel={wheel}
      onKeyDown={press}
      onPointerDown={grab}
    >
      <div style={{ height: lines.getTotalSize(), position: 'relative' }}>
        {lines.getVirtualItems().map(({ index, key, start }) => (
          <div
            key={key}
            ref={isWrapped ? lines.measureElement : undefined}
            data-index={index}
            data-current={index === current}
            className={styles['line']}
            style={{ transform: `translateY(${start}px)` }}
          >
            <span className={styles['number']} aria-hidden>
              {index + buffer.dropped + 1}
            </span>
            <LogRow line={buffer.line(index)} query={query} />
          </div>
        ))}
      </div>
    </div>
  );
}
