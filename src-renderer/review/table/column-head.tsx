import { ArrowDown, ArrowUp } from 'lucide-react';
import type { CSSProperties, ReactElement } from 'react';
import { useState } from 'react';
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import tooltip from '../../ui/tooltip.module.css';
import { columnStats, mostDistinct } from '../csv/column-stats.ts';
import type { Direction } from '../csv/sort.ts';
import type { TextColumn } from '../csv/text-column.ts';
import { grouped } from '../../ui/format.ts';
import { SafeText } from '../safe-name.tsx';
import { visibleText } from '../visible-text.ts';
import { kindOfWhole } from './use-rows.ts';
import styles from './table-grid.module.css';

interface ColumnHeadProps {
  readonly index: number;
  readonly name: string;
  /** Null while the table is read. */
  readonly column: TextColumn | null;
  readonly isNumber: boolean;
  readonly direction: Direction | null;
  readonly onSort: (direction: Direction | null) => void;
  /** Null when conditions are not shown. */
  readonly condition: string | null;
  readonly onFilter: (condition: string) => void;
  readonly style: CSSProperties;
}

/** A column's name: sorts by it when pressed, and tells what the column holds when pointed at. */
export function ColumnHead(props: ColumnHeadProps): ReactElement {
  const { index, name, column, isNumber, direction, onSort, condition, onFilter, style } = props;
  const [stats, setStats] = useState<readonly string[]>([]);
  const shown = name === '' ? `(column ${index + 1})` : name;
  const next = { null: 'rising', rising: 'falling', falling: null }[String(direction)] as Direction | null;
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={direction === null ? 'none' : direction === 'rising' ? 'ascending' : 'descending'}
      className={styles['columnHead']}
      style={style}
    >
      <TooltipTrigger
        delay={400}
        onOpenChange={(isOpen) => {
          if (isOpen && column !== null) setStats(wordsOf(column));
        }}
      >
        <Button
          className={styles['sort'] ?? ''}
          data-number={isNumber}
          isDisabled={column === null}
          onPress={() => {
            onSort(next);
          }}
        >
          <span className={styles['columnName']}>
            <SafeText text={shown} />
          </span>
          {direction === 'rising' && <ArrowUp aria-hidden />}
          {direction === 'falling' && <ArrowDown aria-hidden />}
        </Button>
        <Tooltip className={tooltip['tooltip'] ?? ''} offset={6} placement="bottom">
          <strong>{visibleText(shown)}</strong>
          {stats.map((line) => (
            <div key={line}>{line}</div>
          ))}
        </Tooltip>
      </TooltipTrigger>
      {condition !== null && (
        <input
          className={styles['condition']}
          aria-label={`Filter ${visibleText(shown)}`}
          placeholder={isNumber ? '> 0.5, 1..5' : 'has text'}
          value={condition}
          onChange={(event) => {
            onFilter(event.target.value);
          }}
        />
      )}
    </div>
  );
}

/** What a column holds, in lines. */
function wordsOf(column: TextColumn): string[] {
  const kind = kindOfWhole(column);
  const { filled, empty, notNumbers, least, greatest, mean, distinct } = columnStats(column, kind);
  return [
    `${{ number: 'Numbers', time: 'Times', text: 'Text' }[kind]}: ${grouped(filled)} cells`,
    ...(empty > 0 ? [`Empty: ${grouped(empty)}`] : []),
    ...(notNumbers > 0 ? [`Not a number: ${grouped(notNumbers)}`] : []),
    ...(least !== null ? [`From ${visibleText(least)} to ${visibleText(greatest ?? '')}`] : []),
    ...(mean !== null ? [`Mean ${Number(mean.toPrecision(7))}`] : []),
    distinct === null ? `More than ${grouped(mostDistinct)} different` : `Different: ${grouped(distinct)}`,
  ];
}
