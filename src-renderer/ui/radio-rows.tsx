import type { ReactElement, ReactNode } from 'react';
import { RadioButton, RadioField, RadioGroup, Text } from 'react-aria-components';
import styles from './radio-rows.module.css';

export interface RadioColumn<C extends string> {
  readonly id: C;
  readonly title: string;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
}

export interface RadioRow<C extends string> {
  readonly id: string;
  readonly cells: Readonly<Record<C, ReactNode>>;
  /** Below the cells: why it is recommended, or why it can't be chosen. */
  readonly note?: ReactNode;
  readonly isDisabled?: boolean;
}

interface RadioRowsProps<C extends string> {
  readonly label: string;
  readonly columns: readonly RadioColumn<C>[];
  /** Widths of the columns, as in CSS. */
  readonly widths: string;
  readonly rows: readonly RadioRow<C>[];
  readonly value: string | null;
  readonly onChange: (id: string) => void;
}

/**
 * One of a few things that are compared in columns: a table whose rows are chosen like radio buttons, with the arrow keys. Where there is
 * no room for columns, each cell stands beside its title.
 */
export function RadioRows<C extends string>(props: RadioRowsProps<C>): ReactElement {
  const { label, columns, widths, rows, value, onChange } = props;
  const align = ({ isNumber }: RadioColumn<C>) => (isNumber === true ? { 'data-number': true } : {});
  return (
    <div className={styles['frame']}>
      <RadioGroup
        aria-label={label}
        value={value}
        onChange={onChange}
        className={styles['rows'] ?? ''}
        style={{ '--columns': widths } as React.CSSProperties}
      >
        <div aria-hidden className={styles['head']}>
          <span />
          {columns.map((column) => (
            <span key={column.id} {...align(column)}>
              {column.title}
            </span>
          ))}
        </div>
        {rows.map(({ id, cells, note, isDisabled = false }) => (
          <RadioField key={id} value={id} isDisabled={isDisabled} className={styles['row'] ?? ''}>
            <RadioButton className={styles['cells'] ?? ''}>
              <span className={styles['dot']} />
              {columns.map((column) => (
                <span key={column.id} className={styles['cell']} {...align(column)}>
                  <span className={styles['title']}>{column.title}: </span>
                  <span className={styles['value']}>{cells[column.id]}</span>{' '}
                </span>
              ))}
            </RadioButton>
            {note !== undefined && (
              <Text slot="description" elementType="div" className={styles['note'] ?? ''}>
                {note}
              </Text>
            )}
          </RadioField>
        ))}
      </RadioGroup>
    </div>
  );
}
