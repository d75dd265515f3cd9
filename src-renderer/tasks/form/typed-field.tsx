import type { ComponentProps, ReactElement } from 'react';
import { TextField } from '../../ui/text-field.tsx';
import { useTyped } from './use-typed.ts';

interface TypedFieldProps extends Omit<ComponentProps<typeof TextField>, 'value' | 'onChange'> {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/**
 * A text field over a value of the task. The form learns of a change a moment after the key; meanwhile the field holds what was
 * typed, or fast typing would lose letters.
 */
export function TypedField({ value, onChange, ...rest }: TypedFieldProps): ReactElement {
  const [typed, setTyped] = useTyped(
    value,
    (now) => now,
    (text, now) => text === now,
  );
  return (
    <TextField
      {...rest}
      value={typed}
      onChange={(text) => {
        setTyped(text);
        onChange(text);
      }}
    />
  );
}
