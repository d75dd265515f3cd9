import type { ReactElement } from 'react';
import { FieldError, Label, Text } from 'react-aria-components';
import styles from './field.module.css';

/** What every field has around its control. */
export interface FieldProps {
  readonly label: string;
  /** The label stays as the accessible name and is not drawn. */
  readonly hideLabel?: boolean;
  readonly description?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly isRequired?: boolean;
  readonly isDisabled?: boolean;
}

export function FieldLabel({ label }: { readonly label: string }): ReactElement {
  return <Label className={styles['label'] ?? ''}>{label}</Label>;
}

/** Help, or, where something is wrong, what is wrong. */
export function FieldHelp({
  description,
  errorMessage,
}: Pick<FieldProps, 'description' | 'errorMessage'>): ReactElement {
  return (
    <>
      {description !== undefined && errorMessage === undefined && (
        <Text slot="description" className={styles['description'] ?? ''}>
          {description}
        </Text>
      )}
      <FieldError className={styles['error'] ?? ''}>{errorMessage}</FieldError>
    </>
  );
}
