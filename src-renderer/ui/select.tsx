import { ChevronsUpDown } from 'lucide-react';
import type { ReactElement } from 'react';
import { Select as AriaSelect, Button, ListBox, ListBoxItem, Popover, SelectValue, Text } from 'react-aria-components';
import type { FieldProps } from './field-parts.tsx';
import { FieldHelp, FieldLabel } from './field-parts.tsx';
import styles from './field.module.css';
import menu from './menu.module.css';

export interface Option<T extends string = string> {
  readonly id: T;
  readonly label: string;
  readonly description?: string;
  readonly isDisabled?: boolean;
}

interface SelectProps<T extends string> extends FieldProps {
  readonly options: readonly Option<T>[];
  readonly value: T | null;
  readonly onChange: (value: T) => void;
  readonly placeholder?: string;
}

/** One of a few. */
export function Select<T extends string>(props: SelectProps<T>): ReactElement {
  const { label, hideLabel = false, description, errorMessage, options, value, onChange, placeholder, ...rest } = props;
  return (
    <AriaSelect
      {...rest}
      {...(hideLabel && { 'aria-label': label })}
      value={value}
      onChange={(key) => {
        if (key !== null) onChange(key as T);
      }}
      placeholder={placeholder ?? 'Choose…'}
      isInvalid={errorMessage !== undefined}
      className={styles['field'] ?? ''}
    >
      {!hideLabel && <FieldLabel label={label} />}
      <Button className={styles['trigger'] ?? ''}>
        <SelectValue className={styles['value'] ?? ''}>
          {({ selectedText, defaultChildren }) => selectedText ?? defaultChildren}
        </SelectValue>
        <ChevronsUpDown aria-hidden />
      </Button>
      <FieldHelp description={description} errorMessage={errorMessage} />
      <Popover className={menu['popover'] ?? ''} offset={4}>
        <ListBox className={menu['list'] ?? ''} items={options}>
          {(option) => (
            <ListBoxItem
              id={option.id}
              textValue={option.label}
              isDisabled={option.isDisabled ?? false}
              className={menu['item'] ?? ''}
            >
              <Text slot="label">{option.label}</Text>
              {option.description !== undefined && (
                <Text slot="description" className={menu['description'] ?? ''}>
                  {option.description}
                </Text>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
