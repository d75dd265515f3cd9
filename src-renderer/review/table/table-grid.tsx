import type { KeyboardEvent, ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type { CsvTable } from '../csv/csv-reader.ts';
import { grouped } from '../../ui/format.ts';
import { useVirtual } from '../../ui/use-virtual.ts';
import { SafeText } from '../safe-name.tsx';
import { visibleText } from '../visible-text.ts';
import { lookOf } from './column-width.ts';
import { copyCells } from './copy-cells.ts';
import type { Selection } from './selection.ts';
import { moved } from './selection.ts';
import { ColumnHead } from './column-head.tsx';
import type { Sorting } from './use-rows.ts';
import styles from './table-grid.module.css';

/** px; a million rows must stay under what a page can be high. */
const rowHeight = 25;
/** Letters of a cell that are drawn. */
const mostChars = 400;

interface TableGridProps {
  readonly table: CsvTable;
  readonly order: Uint32Array;
  readonly isDone: boolean;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  /** Conditions by column; null when they are not shown. */
  readonly filters: ReadonlyMap<number, string> | null;
  readonly onFilter: (column: number, condition: string) => void;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
}

/** The cells of a table of any length: only those in sight are drawn. Arrow keys move, Shift selects rows. */
export function TableGrid(props: TableGridProps): ReactElement {
  const { table, order, isDone, sorting, onSort, filters, onFilter, selection, onSelect } = props;
  const frame = useRef<HTMLDivElement>(null);
  // The look of a column stays as soon as there are rows to judge by: nothing jumps while the rest is read.
  const isJudged = table.rows > 200 || isDone;
  const looks = useMemo(
    () => table.columns.map((column, index) => lookOf(table.names[index] ?? '', column)),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- columns only grow
    [isJudged, table.columns.length],
  );
  const numberWidth = Math.max(56, grouped(table.rows).length * 8 + 20);
  const headHeight = filters === null ? 32 : 64;
  const rows = useVirtual(frame, order.length, () => rowHeight, { scrollPaddingStart: headHeight, overscan: 12 });
  const columns = useVirtual(frame, looks.length, (index) => looks[index]?.width ?? 100, {
    horizontal: true,
    scrollPaddingStart: numberWidth,
    overscan: 3,
  });
  const shown = columns.getVirtualItems();
  const press = (event: KeyboardEvent) => {
    if (event.target !== frame.current) return;
    if ((event.ctrlKey || event.metaKey) && event.key === 'c' && window.getSelection()?.isCollapsed !== false) {
      event.preventDefault();
      copyCells([[table.columns[selection.column]?.get(order[selection.row] ?? -1) ?? '']]);
      return;
    }
    const page = Math.max(1, Math.floor((frame.current.clientHeight - headHeight) / rowHeight) - 1);
    const next = moved(selection, event, { rows: order.length, columns: looks.length, page });
    if (next === null) return;
    event.preventDefault();
    onSelect(next);
    rows.scrollToIndex(next.row, { align: 'auto' });
    columns.scrollToIndex(next.column, { align: 'auto' });
  };
  const [from, to] = [Math.min(selection.row, selection.anchor), Math.max(selection.row, selection.anchor)];
  const width = numberWidth + columns.getTotalSize();
  return (
    <div
      ref={frame}
      role="grid"
      aria-label="Cells"
      aria-rowcount={order.length + 1}
      aria-colcount={looks.length}
      aria-multiselectable
      tabIndex={0}
      className={styles['grid']}
      onKeyDown={press}
      aria-activedescendant={`cell-${selection.row}-${selection.column}`}
    >
      <div role="row" aria-rowindex={1} className={styles['head']} style={{ width, height: headHeight }}>
        <span className={styles['corner']} style={{ width: numberWidth }}>
          Row
        </span>
        {shown.map(({ index, start }) => (
          <ColumnHead
            key={index}
            index={index}
            name={table.names[index] ?? ''}
            column={isDone ? (table.columns[index] ?? null) : null}
            isNumber={looks[index]?.isNumber ?? false}
            direction={sorting?.column === index ? sorting.direction : null}
            onSort={(direction) => {
              onSort(direction === null ? null : { column: index, direction });
            }}
            condition={filters === null ? null : (filters.get(index) ?? '')}
            onFilter={(condition) => {
              onFilter(index, condition);
            }}
            style={{ left: numberWidth + start, width: looks[index]?.width ?? 100 }}
          />
        ))}
      </div>
      <div role="presentation" style={{ width, height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index: at, start: top }) => {
          const row = order[at] ?? 0;
          return (
            <div
              key={at}
              role="row"
              aria-rowindex={at + 2}
              aria-selected={at >= from && at <= to}
              className={styles['row']}
              style={{ height: rowHeight, transform: `translateY(${top}px)` }}
            >
              <span role="rowheader" className={styles['number']} style={{ width: numberWidth }}>
                {grouped(row + 1)}
              </span>
              {shown.map(({ index, start }) => {
                const text = table.columns[index]?.get(row) ?? '';
                return (
                  // The keyboard is the grid's: cells are not focused themselves.
                  <span
                    key={index}
                    id={`cell-${at}-${index}`}
                    role="gridcell"
                    tabIndex={-1}
                    aria-colindex={index + 1}
                    data-number={looks[index]?.isNumber}
                    data-active={at === selection.row && index === selection.column}
                    className={styles['cell']}
                    title={text.length > 24 ? visibleText(text.slice(0, 2_000), '\n') : undefined}
                    style={{ left: numberWidth + start, width: looks[index]?.width ?? 100 }}
                    onClick={({ shiftKey }) => {
                      onSelect({ row: at, column: index, anchor: shiftKey ? selection.anchor : at });
                    }}
                    onKeyDown={undefined}
                  >
                    <SafeText text={text.length > mostChars ? `${text.slice(0, mostChars)}…` : text} />
                  </span>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}
