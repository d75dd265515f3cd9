import type { ReactElement } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { keyWords, useAllCommands } from './commands.ts';
import styles from './shortcuts-dialog.module.css';

interface ShortcutsDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly isMac: boolean;
}

/** The keys of the commands that are offered here and now. */
export function ShortcutsDialog({ isOpen, onClose, isMac }: ShortcutsDialogProps): ReactElement {
  const withKeys = useAllCommands().flatMap(({ id, title, keys }) => (keys === undefined ? [] : [{ id, title, keys }]));
  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onClose={onClose}>
      <dl className={styles['list']}>
        {withKeys.map(({ id, title, keys }) => (
          <div key={id} className={styles['row']}>
            <dt>{title}</dt>
            <dd>
              {keyWords(keys, isMac).map((key) => (
                <kbd key={key} className={styles['key']}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
