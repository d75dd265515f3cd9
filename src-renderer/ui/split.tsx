import type { KeyboardEvent, PointerEvent, ReactElement, ReactNode } from 'react';
import { useRef } from 'react';
import { useRemembered } from '../app/remembered.ts';
import styles from './split.module.css';

interface SplitProps {
  /** Under which the width is remembered. */
  readonly name: string;
  readonly label: string;
  /** Width of the first pane, px. */
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** Least width of the second pane, px. */
  readonly minRest?: number;
  readonly children: readonly [ReactNode, ReactNode];
}

/** Two panes side by side; the line between them moves by pointer and by arrow keys. */
export function Split({ name, label, initial, min, max, minRest = 320, children }: SplitProps): ReactElement {
  const [width, setWidth] = useRemembered(`split.${name}`, initial);
  const frame = useRef<HTMLDivElement>(null);
  const clamp = (asked: number): number => {
    const room = (frame.current?.clientWidth ?? Infinity) - minRest;
    return Math.round(Math.max(min, Math.min(asked, max, Math.max(min, room))));
  };
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const left = frame.current?.getBoundingClientRect().left ?? 0;
    if (event.currentTarget.hasPointerCapture(event.pointerId)) setWidth(clamp(event.clientX - left));
  };
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -16, ArrowRight: 16, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setWidth(clamp(width + by));
  };
  return (
    <div ref={frame} className={styles['split']}>
      <div className={styles['first']} style={{ width: `min(${width}px, 100% - ${minRest}px)`, minWidth: min }}>
        {children[0]}
      </div>
      {/* A separator that can be focused is a widget (ARIA 1.2), which the rule does not know. */}
      <div
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-orientation="vertical"
        aria-valuenow={width}
        aria-valuemin={min}
        aria-valuemax={max}
        className={styles['line']}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={drag}
        onDoubleClick={() => {
          setWidth(clamp(initial));
        }}
        onKeyDown={step}
      />
      <div className={styles['second']}>{children[1]}</div>
    </div>
  );
}
