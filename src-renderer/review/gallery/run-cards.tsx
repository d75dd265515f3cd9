import type { ReactElement } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { Jobs } from '../../jobs/list/use-jobs.ts';
import { useNow } from '../../ui/use-now.ts';
import { useVirtual } from '../../ui/use-virtual.ts';
import { RunCard } from './run-card.tsx';
import styles from './run-gallery.module.css';

const [least, gap, padding, below] = [272, 16, 16, 112];

/** Cards of runs in rows, of which only those in sight are drawn, and only those around them are loaded. */
export function RunCards({ list: { total, loaded, show } }: { readonly list: Jobs }): ReactElement {
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
  const rows = useVirtual(frame, Math.ceil(total / across), () => height + gap, {
    paddingStart: padding,
    overscan: 2,
  });
  useEffect(() => {
    rows.measure();
  }, [height, rows]);
  const items = rows.getVirtualItems();
  const first = (items[0]?.index ?? 0) * across;
  useEffect(() => {
    show(first);
  }, [show, first]);
  return (
    <div ref={frame} className={styles['cards']}>
      {width > 0 && (
        <ul style={{ height: rows.getTotalSize(), position: 'relative' }} aria-label="Runs">
          {items.flatMap(({ index: row, start }) =>
            places(row, across, total).map((place, column) => {
              const job = loaded.jobs[place - loaded.skip];
              const style = {
                width: cardWidth,
                height,
                transform: `translate(${padding + column * (cardWidth + gap)}px, ${start}px)`,
              };
              return (
                <li
                  key={job?.id ?? `at-${place}`}
                  aria-setsize={total}
                  aria-posinset={place + 1}
                  className={styles['place']}
                  style={style}
                >
                  {job === undefined ? <span className={styles['card']} /> : <RunCard job={job} now={now} />}
                </li>
              );
            }),
          )}
        </ul>
      )}
    </div>
  );
}

/** The places of the runs in a row of cards. */
function places(row: number, across: number, total: number): number[] {
  return Array.from({ length: Math.max(0, Math.min(across, total - row * across)) }, (_, n) => row * across + n);
}
