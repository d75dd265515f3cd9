import type { ReactElement } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Keyboard,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  Text,
  useFilter,
} from 'react-aria-components';
import menu from '../ui/menu.module.css';
import dialog from '../ui/dialog.module.css';
import { keyWords, useAllCommands } from './commands.ts';
import styles from './palette.module.css';

interface PaletteProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly isMac: boolean;
}

/** What is about where the focus is, which the palette has taken. */
const notHere: ReadonlySet<string> = new Set(['command-palette', 'find']);

/** Every command of the window, found by typing. */
export function Palette({ isOpen, onClose, isMac }: PaletteProps): ReactElement {
  const commands = useAllCommands().filter(({ id }) => !notHere.has(id));
  const { contains } = useFilter({ sensitivity: 'base' });
  const byWords = (text: string, typed: string) => typed.split(/\s+/).every((word) => contains(text, word));
  return (
    <ModalOverlay
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className={[dialog['overlay'], styles['overlay']].join(' ')}
    >
      <Modal className={[dialog['modal'], styles['modal']].join(' ')}>
        <Dialog aria-label="Commands" className={styles['dialog'] ?? ''}>
          <Autocomplete filter={byWords}>
            <SearchField aria-label="Find a command" autoFocus className={styles['search'] ?? ''}>
              <Input placeholder="Find a command" className={styles['input'] ?? ''} />
            </SearchField>
            <Menu
              aria-label="Commands"
              items={commands}
              className={[menu['list'], styles['list']].join(' ')}
              renderEmptyState={() => <p className={styles['empty']}>No command has these words.</p>}
            >
              {({ id, title, group, keys, run }) => (
                <MenuItem
                  id={id}
                  textValue={`${group ?? ''} ${title}`}
                  className={menu['item'] ?? ''}
                  onAction={() => {
                    onClose();
                    run();
                  }}
                >
                  <Text slot="label">{title}</Text>
                  {keys !== undefined && (
                    <Keyboard className={menu['keys'] ?? ''}>{keyWords(keys, isMac).join(' ')}</Keyboard>
                  )}
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
