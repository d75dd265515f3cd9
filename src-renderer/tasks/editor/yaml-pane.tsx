import type { ReactElement } from 'react';
import { useEffect, useRef } from 'react';
import type { TaskText } from './use-task-text.ts';
import styles from './yaml-pane.module.css';

/** The editor of the text. */
export function YamlPane({ task }: { readonly task: TaskText }): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const { view } = task;
  useEffect(() => {
    host.current?.append(view.dom);
    view.requestMeasure();
    return () => {
      view.dom.remove();
    };
  }, [view]);
  return <div ref={host} className={styles['host']} />;
}
