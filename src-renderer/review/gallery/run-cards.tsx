import type { ReactElement } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { Job } from '../../../src-shared/job.ts';
import { useNow } from '../../ui/use-now.ts';
import { useVirtual } from '../../ui/use-virtual.ts';
import { RunCard } from './run-card.tsx';
import styles from './run-gallery.module.css';

const [least, gap, padding, below] = [272, 16, 16, 112];

/** Cards of runs in rows, of which only those in sight are drawn. */
export function RunCards({ runs }: { readonly runs: readonly Job[] }): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  const now = useNow(60_000);
  const across = Math.max(1, Math.floor((width - 2 * padding + gap) / (least + gap)));
  const cardWidth = (width - 2 * padding - (across - 1) * gap) / across;
  const height = Math.round(cardWidth * 0.75) + below;
  const rows = useVirtual(frame, Math.ceil(runs.length / across), () => height + gap, {
    paddingStart: padding,
    overscan: 2,
  });
  useEffect(() => {
    rows.measure();
  }, [height, rows]);
  return (
    <div ref={frame} className={styles['cards']}>
      {width > 0 && (
        <ul style={{ height: rows.getTotalSize(), position: 'relative' }} aria-label="Runs">
          {rows.getVirtualItems().flatMap(({ index: row, start }) =>
            runs.slice(row * across, (row + 1) * across).map((job, column) => (
              <li
                key={job.id}
                aria-setsize={runs.length}
                aria-posinset={row * across + column + 1}
                className={styles['place']}
                style={{
                  width: cardWidth,
                  height,
                  transform: `translate(${padding + column * (cardWidth + gap)}px, ${start}px)`,
                }}
              >
                <RunCard job={job} now={now} />
              </li>
            )),
          )}
        </ul>
      )}
    </div>
  );
}
