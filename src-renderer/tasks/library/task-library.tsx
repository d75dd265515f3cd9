import { Copy, Ellipsis, FilePen, FileUp, Plus, Trash2, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { TaskEntry, TaskId } from '../../../src-shared/api/library.ts';
import { useApi } from '../../app/api.ts';
import { paths } from '../../app/routes.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { count, time } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import type { MenuEntry } from '../../ui/menu.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { analysisName } from '../analysis-name.ts';
import { matching } from './matching.ts';
import { duplicate, openFile, trash } from './task-actions.ts';
import styles from './library.module.css';

interface TaskLibraryProps {
  readonly current: TaskId | null;
  readonly onNew: () => void;
}

/** Every task of the workspace and every example, with a search over what is shown of them. */
export function TaskLibrary({ current, onNew }: TaskLibraryProps): ReactElement {
  const [words, setWords] = useState('');
  const { data, error, isPending, refetch } = useApi('listTasks', {});
  const found = matching(data?.tasks ?? [], words);
  return (
    <aside className={styles['library']} aria-label="Task library">
      <div className={styles['top']}>
        <div className={styles['actions']}>
          <Button icon={<Plus aria-hidden />} onPress={onNew}>
            New task
          </Button>
          <Button variant="quiet" icon={<FileUp aria-hidden />} onPress={() => void openFile()}>
            Open file…
          </Button>
        </div>
        <SearchField label="Search tasks" value={words} onChange={setWords} />
      </div>
      <div className={styles['lists']}>
        {isPending ? (
          <LoadingState what="Reading the tasks…" />
        ) : error !== null ? (
          <ErrorState error={error} title="The tasks could not be read" retry={() => void refetch()} />
        ) : (
          <>
            <Shelf
              title="Your tasks"
              entries={found.filter(({ kind }) => kind === 'tasks')}
              current={current}
              empty={
                words === '' ? 'None yet. Make a new task, or open an example and save it as your own.' : 'No match.'
              }
            />
            <Shelf
              title="Examples"
              entries={found.filter(({ kind }) => kind === 'examples')}
              current={current}
              empty={words === '' ? 'None were found.' : 'No match.'}
            />
          </>
        )}
      </div>
    </aside>
  );
}

interface ShelfProps {
  readonly title: string;
  readonly entries: readonly TaskEntry[];
  readonly current: TaskId | null;
  readonly empty: string;
}

function Shelf({ title, entries, current, empty }: ShelfProps): ReactElement {
  const id = `shelf-${title.replaceAll(' ', '-')}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={styles['shelfTitle']}>
        {title}
      </h2>
      {entries.length === 0 ? (
        <p className={styles['empty']}>{empty}</p>
      ) : (
        <ul>
          {entries.map((entry) => (
            <Row key={entry.id} entry={entry} isCurrent={entry.id === current} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ entry, isCurrent }: { readonly entry: TaskEntry; readonly isCurrent: boolean }): ReactElement {
  const { id, name, kind, analysis, source, problems, draftAt } = entry;
  const items: MenuEntry[] = [
    { id: 'duplicate', label: 'Duplicate', icon: <Copy aria-hidden />, run: () => void duplicate(id) },
    ...(kind === 'tasks'
      ? [
          {
            id: 'trash',
            label: 'Move to trash',
            icon: <Trash2 aria-hidden />,
            isDanger: true,
            run: () => void trash(id, name, isCurrent),
          },
        ]
      : []),
  ];
  return (
    <li className={styles['item']}>
      <a href={`#${paths.tasks(id)}`} className={styles['link']} aria-current={isCurrent ? 'page' : undefined}>
        <span className={styles['name']}>{name}</span>
        {/* Marks have room on this line, so that nothing moves when one comes. */}
        <span className={styles['second']}>
          <span className={styles['facts']}>
            {[analysis === null ? null : analysisName(analysis), source].filter((fact) => fact !== null).join(' · ')}
          </span>
          {draftAt !== null && (
            <Badge tone="info" icon={<FilePen aria-hidden />} title={`Draft of ${time(draftAt)}`}>
              Draft
            </Badge>
          )}
          {/* The count is of the file; a draft is counted where it is edited. */}
          {problems > 0 && draftAt === null && (
            <Badge tone="warn" icon={<TriangleAlert aria-hidden />} title={count(problems, 'problem')}>
              <span aria-hidden>{problems}</span>
              <span className="visually-hidden">{count(problems, 'problem')}</span>
            </Badge>
          )}
        </span>
      </a>
      <MenuButton label={`Actions for ${name}`} items={items}>
        <IconButton size="small" label={`Actions for ${name}`} icon={<Ellipsis aria-hidden />} />
      </MenuButton>
    </li>
  );
}
