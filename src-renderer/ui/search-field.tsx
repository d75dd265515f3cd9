import { Search, X } from 'lucide-react';
import type { KeyboardEvent, ReactElement } from 'react';
import { SearchField as AriaSearchField, Button, Input } from 'react-aria-components';
import styles from './field.module.css';

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly autoFocus?: boolean;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}

/** Filters what is shown. Escape empties it. */
export function SearchField({ label, placeholder, autoFocus = false, ...rest }: SearchFieldProps): ReactElement {
  return (
    <AriaSearchField {...rest} autoFocus={autoFocus} aria-label={label} className={styles['field'] ?? ''}>
      <div className={styles['control']}>
        <Search aria-hidden className={styles['icon']} />
        <Input className={styles['input'] ?? ''} placeholder={placeholder ?? label} />
        {rest.value !== '' && (
          <Button className={styles['clear'] ?? ''} aria-label="Clear">
            <X aria-hidden />
          </Button>
        )}
      </div>
    </AriaSearchField>
  );
}
