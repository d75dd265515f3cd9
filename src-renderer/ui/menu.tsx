import type { ReactElement } from 'react';
import { Keyboard, Menu, MenuItem, MenuTrigger, Popover, Text } from 'react-aria-components';
import styles from './menu.module.css';

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactElement;
  readonly description?: string;
  readonly keys?: string;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  readonly run: () => void;
}

/** A menu that opens from the button inside it. */
export function MenuButton({
  label,
  items,
  children,
}: {
  readonly label: string;
  readonly items: readonly MenuEntry[];
  readonly children: ReactElement;
}): ReactElement {
  return (
    <MenuTrigger>
      {children}
      <Popover className={styles['popover'] ?? ''} placement="bottom end" offset={4}>
        <Menu className={styles['list'] ?? ''} aria-label={label} items={items}>
          {(item) => (
            <MenuItem
              id={item.id}
              textValue={item.label}
              isDisabled={item.isDisabled ?? false}
              onAction={item.run}
              className={styles['item'] ?? ''}
              {...(item.isDanger === true && { 'data-danger': true })}
            >
              {item.icon}
              <Text slot="label">{item.label}</Text>
              {item.keys !== undefined && <Keyboard className={styles['keys'] ?? ''}>{item.keys}</Keyboard>}
              {item.description !== undefined && (
                <Text slot="description" className={styles['description'] ?? ''}>
                  {item.description}
                </Text>
              )}
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
