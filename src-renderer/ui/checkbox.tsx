import { Check, Minus } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { CheckboxFieldProps } from 'react-aria-components';
import { CheckboxButton, CheckboxField, Text } from 'react-aria-components';
import styles from './field.module.css';

interface CheckProps {
  readonly children: ReactNode;
  readonly description?: string | undefined;
}

export function Checkbox({
  children,
  description,
  ...rest
}: CheckProps & Omit<CheckboxFieldProps, 'className' | 'children' | 'style'>): ReactElement {
  return (
    <CheckboxField {...rest} className={styles['checkField'] ?? ''}>
      <CheckboxButton className={styles['check'] ?? ''}>
        {({ isSelected, isIndeterminate }) => (
          <>
            <span className={styles['box']}>
              {isIndeterminate ? <Minus aria-hidden /> : isSelected ? <Check aria-hidden /> : null}
            </span>
            {children}
          </>
        )}
      </CheckboxButton>
      <Description text={description} />
    </CheckboxField>
  );
}

function Description({ text }: { readonly text: string | undefined }): ReactElement | null {
  if (text === undefined) return null;
  return (
    <Text slot="description" className={[styles['description'], styles['indented']].join(' ')}>
      {text}
    </Text>
  );
}
