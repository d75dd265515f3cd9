import { Copy, Download, ListFilter } from 'lucide-react';
import type { ReactElement } from 'react';
import { useDeferredValue, useMemo, useState } from 'react';
import type { RunFile } from '../../../src-shared/api/library.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { Banner } from '../../ui/banner.tsx';
import { bytes, count, grouped } from '../../ui/format.ts';
import { IconButton, IconToggle } from '../../ui/icon-button.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import type { Option } from '../../ui/select.tsx';
import { Select } from '../../ui/select.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { saveCopy } from '../save-copy.ts';
import { copyCells } from './copy-cells.ts';
import type { Selection } from './selection.ts';
import { rowsOf } from './selection.ts';
import { TableFrame } from './table-frame.tsx';
import { TableGrid } from './table-grid.tsx';
import type { Sorting } from './use-rows.ts';
import { useRows } from './use-rows.ts';
import type { TableReading } from './use-table.ts';
import { useTable } from './use-table.ts';
import styles from './table-view.module.css';

interface TableViewProps {
  readonly jobId: JobId;
  readonly file: RunFile;
  readonly options: readonly Option[];
  readonly onFile: (path: string) => void;
}

/** One table: read as it streams in, sorted, filtered, copied. */
export function TableView({ jobId, file, options, onFile }: TableViewProps): ReactElement {
  const reading = useTable(jobId, file.path, true);
  const instead =
    reading === null ? (
      <LoadingState what={`Reading ${bytes(file.bytes)}…`} />
    ) : reading.error !== null ? (
      <ErrorState error={reading.error} title="This table could not be read" />
    ) : reading.isDone && reading.table.columns.length === 0 ? (
      <EmptyState title="This table is empty" />
    ) : null;
  if (reading === null || instead !== null)
    return (
      <TableFrame options={options} path={file.path} onFile={onFile}>
        {instead}
      </TableFrame>
    );
  return <ReadTable jobId={jobId} file={file} options={options} onFile={onFile} reading={reading} />;
}

function ReadTable({
  jobId,
  file,
  options,
  onFile,
  reading,
}: TableViewProps & { readonly reading: TableReading }): ReactElement {
  const { table, isDone, readBytes } = reading;
  const [text, setText] = useState('');
  const [columns, setColumns] = useState<ReadonlyMap<number, string>>(new Map());
  const [isFiltering, setFiltering] = useState(false);
  const [sorting, setSorting] = useState<Sorting>(null);
  const [selection, setSelection] = useState<Selection>({ row: 0, column: 0, anchor: 0 });
  const wanted = useDeferredValue(text);
  const filter = useMemo(
    () => ({ text: wanted.trim(), columns: isFiltering ? columns : new Map<number, string>() }),
    [wanted, columns, isFiltering],
  );
  const { order, isPending } = useRows(table, isDone, filter, sorting);
  const selected = rowsOf(selection, order);
  const said = () => {
    if (!isDone) return `Reading: ${grouped(table.rows)} rows, ${bytes(readBytes)} of ${bytes(file.bytes)}`;
    if (isPending) return 'Working…';
    return order.length === table.rows
      ? count(table.rows, 'row')
      : `${grouped(order.length)} of ${count(table.rows, 'row')}`;
  };
  return (
    <section className={styles['table']} aria-label="Table">
      <div className={styles['tools']} role="toolbar" aria-label="Table tools">
        <Select label="Table" hideLabel options={options} value={file.path} onChange={onFile} />
        <SearchField label="Rows with this text" value={text} onChange={setText} />
        <IconToggle
          label="Filter by column"
          icon={<ListFilter aria-hidden />}
          isSelected={isFiltering}
          onChange={setFiltering}
        />
        <span className={styles['said']} role="status">
          {said()}, {count(table.columns.length, 'column')}
        </span>
        <MenuButton
          label="Copy"
          items={[
            {
              id: 'cell',
              label: 'Copy the cell',
              keys: 'Ctrl+C',
              run: () => {
                copyCells([[table.columns[selection.column]?.get(order[selection.row] ?? -1) ?? '']]);
              },
            },
            {
              id: 'rows',
              label: `Copy ${count(selected.length, 'row')}`,
              description: 'With the header, as tab-separated text',
              run: () => {
                copyCells([table.names, ...selected.map((row) => table.columns.map((column) => column.get(row)))]);
              },
            },
          ]}
        >
          <IconButton label="Copy" icon={<Copy aria-hidden />} />
        </MenuButton>
        <IconButton
          label="Save a copy…"
          icon={<Download aria-hidden />}
          onPress={() => {
            saveCopy(jobId, file.path);
          }}
        />
      </div>
      {isDone && table.notices.length > 0 && (
        <Banner tone="warn" title="This table is not quite regular.">
          {table.notices.map(({ message }) => message).join(' ')}
        </Banner>
      )}
      <div className={styles['body']}>
        <TableGrid
          table={table}
          order={order}
          isDone={isDone}
          sorting={sorting}
          onSort={setSorting}
          filters={isFiltering ? columns : null}
          onFilter={(column, condition) => {
            setColumns(new Map(columns).set(column, condition));
          }}
          selection={selection}
          onSelect={setSelection}
        />
        {isDone && order.length === 0 && <p className={styles['none']}>No row matches.</p>}
      </div>
    </section>
  );
}
