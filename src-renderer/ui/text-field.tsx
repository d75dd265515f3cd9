import type { ReactElement } from 'react';
import type { TextFieldProps as AriaTextFieldProps } from 'react-aria-components';
import { TextField as AriaTextField, Input, TextArea } from 'react-aria-components';
import type { FieldProps } from './field-parts.tsx';
import { FieldHelp, FieldLabel } from './field-parts.tsx';
import styles from './field.module.css';

interface TextFieldProps
  extends FieldProps, Omit<AriaTextFieldProps, 'className' | 'children' | 'style' | 'isRequired' | 'isDisabled'> {
  readonly placeholder?: string;
  readonly unit?: string;
  /** Digits, codes and paths. */
  readonly mono?: boolean;
  readonly multiline?: boolean;
}

export function TextField(props: TextFieldProps): ReactElement {
  const { label, hideLabel = false, description, errorMessage, placeholder, unit, mono, multiline, ...rest } = props;
  const input = [styles['input'], mono === true ? styles['mono'] : ''].join(' ');
  return (
    <AriaTextField
      {...rest}
      {...(hideLabel && { 'aria-label': label })}
      isInvalid={errorMessage !== undefined}
      className={styles['field'] ?? ''}
    >
      {!hideLabel && <FieldLabel label={label} />}
      {multiline === true ? (
        <TextArea
          className={[styles['textarea'], mono === true ? styles['mono'] : ''].join(' ')}
          placeholder={placeholder}
        />
      ) : (
        <div className={styles['control']}>
          <Input className={input} {...(placeholder !== undefined && { placeholder })} />
          {unit !== undefined && <span className={styles['unit']}>{unit}</span>}
        </div>
      )}
      <FieldHelp description={description} errorMessage={errorMessage} />
    </AriaTextField>
  );
}
