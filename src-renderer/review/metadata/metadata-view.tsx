import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { RunFile } from '../../../src-shared/api/library.ts';
import type { Job } from '../../../src-shared/job.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { count } from '../../ui/format.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { Select } from '../../ui/select.tsx';
import { Split } from '../../ui/split.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { SafeText } from '../safe-name.tsx';
import { documentFiles } from '../tabs-of.ts';
import { useRunJson } from '../use-metadata.ts';
import { factsOf } from './facts.ts';
import { JsonTree } from './json-table.tsx';
import type { Json } from './json-tree.ts';
import { jsonRows, mostMatches, searchJson } from './json-tree.ts';
import styles from './metadata-view.module.css';

interface MetadataViewProps {
  readonly job: Job;
  readonly files: readonly RunFile[];
  readonly metadata: Json;
}

/** What a run says of itself: the facts one asks for first, and its documents as trees. */
export function MetadataView({ job, files, metadata }: MetadataViewProps): ReactElement {
  const facts = useMemo(() => factsOf(job, metadata, files), [job, metadata, files]);
  return (
    <Split name="metadata" label="Width of the summary" initial={420} min={240} max={720} minRest={320}>
      <section className={styles['facts']} aria-label="Summary">
        <dl>
          {facts.map(({ label, value, isCode }) => (
            <div key={label} className={styles['fact']}>
              <dt>{label}</dt>
              <dd data-code={isCode}>
                <SafeText text={value} />
                {isCode === true && value.length > 16 && <CopyButton label={`Copy ${label}`} text={value} />}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <Documents job={job} files={files} />
    </Split>
  );
}

function Documents({ job, files }: { readonly job: Job; readonly files: readonly RunFile[] }): ReactElement {
  const documents = documentFiles(files);
  const [path, setPath] = useState(documents[0]?.path ?? '');
  const [query, setQuery] = useState('');
  const { data, error, refetch } = useRunJson(job.id, path, path !== '');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const { rows, matches } = useMemo(() => {
    if (data === undefined) return { rows: [], matches: 0 };
    if (query !== '') return searchJson(data, query);
    // The first level is open, and what was turned over since is the other way round.
    return { rows: jsonRows(data, (at, depth) => depth < 1 !== folded.has(at)), matches: 0 };
  }, [data, query, folded]);
  const body = () => {
    if (error !== null)
      return <ErrorState error={error} title={`${path} could not be shown`} retry={() => void refetch()} />;
    if (data === undefined) return <LoadingState what={`Reading ${path}…`} />;
    if (rows.length === 0)
      return <EmptyState title={query === '' ? 'The document is empty' : 'Nothing has these letters'} />;
    return (
      <JsonTree
        rows={rows}
        onFold={(at) => {
          const next = new Set(folded);
          if (!next.delete(at)) next.add(at);
          setFolded(next);
        }}
      />
    );
  };
  return (
    <section className={styles['documents']} aria-label="Documents">
      <div className={styles['tools']}>
        <Select
          label="Document"
          hideLabel
          options={documents.map((file) => ({ id: file.path, label: file.path }))}
          value={path}
          onChange={(next) => {
            setPath(next);
            setFolded(new Set());
          }}
        />
        <SearchField label="Search keys and values" value={query} onChange={setQuery} />
        <span className={styles['found']} role="status">
          {query === ''
            ? ''
            : `${count(matches, 'match', 'matches')}${matches === mostMatches ? ', the first ones' : ''}`}
        </span>
      </div>
      <div className={styles['body']}>{body()}</div>
    </section>
  );
}
