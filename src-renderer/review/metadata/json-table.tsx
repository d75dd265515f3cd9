import { ChevronDown, ChevronRight, ClipboardList, Copy } from 'lucide-react';
import type { KeyboardEvent, ReactElement } from 'react';
import { useRef, useState } from 'react';
import { native } from '../../app/native.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { toast } from '../../ui/toast.tsx';
import { useVirtual } from '../../ui/use-virtual.ts';
import { SafeText } from '../safe-name.tsx';
import { visibleText } from '../visible-text.ts';
import type { JsonRow } from './json-tree.ts';
import { valueText } from './json-tree.ts';
import styles from './metadata-view.module.css';

const rowHeight = 26;
/** Letters of a value that a row shows. */
const mostChars = 300;

interface JsonTreeProps {
  readonly rows: readonly JsonRow[];
  readonly onFold: (path: string) => void;
}

/** A document as a tree of rows, with the path and the value of each to copy. */
export function JsonTree({ rows, onFold }: JsonTreeProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(0);
  const list = useVirtual(frame, rows.length, () => rowHeight, { overscan: 12 });
  const at = Math.min(current, rows.length - 1);
  const press = (event: KeyboardEvent) => {
    const row = rows[at];
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const folds = row !== undefined && row.size !== null && event.key === (row.isOpen ? 'ArrowLeft' : 'ArrowRight');
    if (folds) onFold(row.path);
    else if (to !== undefined) {
      const next = Math.max(0, Math.min(rows.length - 1, to));
      setCurrent(next);
      list.scrollToIndex(next, { align: 'auto' });
    } else return;
    event.preventDefault();
  };
  return (
    <div
      ref={frame}
      role="tree"
      aria-label="Document"
      tabIndex={0}
      className={styles['tree']}
      onKeyDown={press}
      aria-activedescendant={`json-${at}`}
    >
      <div role="presentation" style={{ height: list.getTotalSize(), position: 'relative' }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={row.path}
              id={`json-${index}`}
              role="treeitem"
              tabIndex={-1}
              aria-level={row.depth + 1}
              aria-selected={index === at}
              {...(row.size !== null && { 'aria-expanded': row.isOpen })}
              className={styles['row']}
              data-match={row.isMatch}
              style={{ height: rowHeight, transform: `translateY(${start}px)`, paddingLeft: 8 + row.depth * 16 }}
              onClick={() => {
                setCurrent(index);
                if (row.size !== null) onFold(row.path);
              }}
              onKeyDown={undefined}
            >
              <Line row={row} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Line({ row }: { readonly row: JsonRow }): ReactElement {
  const { key, value, size, isOpen, path } = row;
  const text = size === null ? valueText(value) : '';
  const isList = Array.isArray(value);
  return (
    <>
      <span className={styles['fold']}>
        {size === null ? null : isOpen ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
      </span>
      <span className={styles['key']}>
        <SafeText text={key} />
      </span>
      <span
        className={styles['value']}
        data-type={value === null ? 'null' : typeof value}
        title={visibleText(text.slice(0, 2_000))}
      >
        {size === null ? (
          <SafeText text={text.length > mostChars ? `${text.slice(0, mostChars)}…` : text} />
        ) : (
          `${isList ? '[' : '{'} ${size} ${isList ? ']' : '}'}`
        )}
      </span>
      <span className={styles['copies']}>
        <IconButton
          size="small"
          excludeFromTabOrder
          label={`Copy the path ${visibleText(path)}`}
          icon={<ClipboardList aria-hidden />}
          onPress={() => {
            copy(path);
          }}
        />
        <IconButton
          size="small"
          excludeFromTabOrder
          label={`Copy the value of ${visibleText(path)}`}
          icon={<Copy aria-hidden />}
          onPress={() => {
            copy(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
          }}
        />
      </span>
    </>
  );
}

function copy(text: string): void {
  void native('copyText', { text: text.slice(0, 200_000) }).then(() => {
    toast({ title: 'Copied' });
  });
}
