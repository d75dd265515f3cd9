import { FolderMinus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useApi, api, queryClient } from '../app/api.ts';
import { time } from '../ui/format.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Section } from '../ui/page.tsx';
import page from '../ui/page.module.css';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { report, toast } from '../ui/toast.tsx';
import styles from './settings-place.module.css';

function revoke(grantId: string, path: string): void {
  api('revokeGrant', { grantId })
    .then(() => {
      toast({ title: 'Tasks may no longer read this', description: path });
      return queryClient.invalidateQueries({ queryKey: ['listGrants'] });
    })
    .catch(report);
}

/** What tasks may read besides the workspace and the examples, and the way to take it back. */
export function Grants(): ReactElement {
  const { data, error, isPending, refetch } = useApi('listGrants', {});
  return (
    <Section
      title="Files and folders that tasks may read"
      note="A task may name files of the workspace, of the examples, and what you chose in a dialog; other paths are refused."
    >
      {isPending ? (
        <LoadingState what="Reading the grants…" />
      ) : error !== null ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : data.grants.length === 0 ? (
        <p>Nothing was chosen yet. “Choose file…” in a task’s form adds to this list.</p>
      ) : (
        <ul className={styles['rows']}>
          {data.grants.map(({ id, path, kind, grantedAt }) => (
            <li key={id}>
              <span className={page['code']}>{path}</span>
              <span className={page['muted']}>
                {kind === 'folder' ? 'folder and all in it' : 'file'}, {time(grantedAt)}
              </span>
              <IconButton
                label={`Take back: ${path}`}
                icon={<FolderMinus aria-hidden />}
                onPress={() => {
                  revoke(id, path);
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
