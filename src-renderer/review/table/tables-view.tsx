import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RunFile } from '../../../src-shared/api/library.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { Button } from '../../ui/button.tsx';
import { bytes } from '../../ui/format.ts';
import { EmptyState } from '../../ui/states.tsx';
import { tableFiles } from '../tabs-of.ts';
import { visibleText } from '../visible-text.ts';
import { TableFrame } from './table-frame.tsx';
import { TableView } from './table-view.tsx';

/** A larger table is read when a person asks for it. */
const mostBytes = 150_000_000;

/** The tables of a run, one at a time. */
export function TablesView({
  jobId,
  files,
}: {
  readonly jobId: JobId;
  readonly files: readonly RunFile[];
}): ReactElement {
  const tables = tableFiles(files);
  const [path, setPath] = useState(tables[0]?.path ?? '');
  const [wanted, setWanted] = useState<string | null>(null);
  const file = tables.find((table) => table.path === path);
  if (file === undefined) return <EmptyState title="This run wrote no tables" />;
  const options = tables.map((table) => ({
    id: table.path,
    label: visibleText(table.path.replace(/^tables\//, '')),
    description: bytes(table.bytes),
  }));
  if (file.bytes > mostBytes && wanted !== path)
    return (
      <TableFrame options={options} path={path} onFile={setPath}>
        <EmptyState
          title="This table is large"
          actions={
            <Button
              onPress={() => {
                setWanted(path);
              }}
            >
              Read {bytes(file.bytes)}
            </Button>
          }
        >
          <p>Reading it takes a while and about as much memory.</p>
        </EmptyState>
      </TableFrame>
    );
  return <TableView key={path} jobId={jobId} file={file} options={options} onFile={setPath} />;
}
