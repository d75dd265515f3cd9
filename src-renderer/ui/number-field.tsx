import type { ReactElement } from 'react';
import type { NumberFieldProps as AriaNumberFieldProps } from 'react-aria-components';
import { NumberField as AriaNumberField, I18nProvider, Input } from 'react-aria-components';
import type { FieldProps } from './field-parts.tsx';
import { FieldHelp, FieldLabel } from './field-parts.tsx';
import styles from './field.module.css';

interface NumberFieldProps
  extends FieldProps, Omit<AriaNumberFieldProps, 'className' | 'children' | 'style' | 'isRequired' | 'isDisabled'> {
  readonly unit?: string;
  readonly placeholder?: string;
}

/** A number as scientists write it: a dot for the fraction whatever the system's language, no grouping, all its digits. */
export function NumberField(props: NumberFieldProps): ReactElement {
  const { label, hideLabel = false, description, errorMessage, unit, placeholder, ...rest } = props;
  return (
    <I18nProvider locale="en-GB">
      <AriaNumberField
        formatOptions={{ useGrouping: false, maximumFractionDigits: 15 }}
        {...rest}
        {...(hideLabel && { 'aria-label': label })}
        isInvalid={errorMessage !== undefined}
        isWheelDisabled
        className={styles['field'] ?? ''}
      >
        {!hideLabel && <FieldLabel label={label} />}
        <div className={styles['control']}>
          <Input
            className={[styles['input'], styles['numeric']].join(' ')}
            {...(placeholder !== undefined && { placeholder })}
          />
          {unit !== undefined && <span className={styles['unit']}>{unit}</span>}
        </div>
        <FieldHelp description={description} errorMessage={errorMessage} />
      </AriaNumberField>
    </I18nProvider>
  );
}
