import type { ReactElement } from 'react';
import { bytes, grouped } from '../../ui/format.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { optionLabels } from './form-model.ts';
import { parseItems, parseNumber, useTyped } from './use-typed.ts';
import type { WidgetProps } from './widget-props.ts';
import { fallbackText, labelOf } from './widget-props.ts';
import styles from './form.module.css';

const asText = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** One line of text. An emptied optional field is removed from the file. */
export function TextWidget({ node, value, error, isReadOnly, onSet, onRemove }: WidgetProps): ReactElement {
  const [typed, setTyped] = useTyped(value, asText, (text, now) => text === now);
  return (
    <TextField
      label={labelOf(node)}
      description={node.help}
      errorMessage={error}
      value={typed}
      isReadOnly={isReadOnly}
      mono={node.format !== undefined}
      onChange={(text) => {
        setTyped(text);
        if (text === '' && !node.required) onRemove();
        else onSet(text, 'typing');
      }}
    />
  );
}

/** A number as it is typed. What is not a number goes into the text too: it is a problem there, and nothing runs without it. */
export function NumberWidget({ node, value, error, isReadOnly, onSet, onRemove }: WidgetProps): ReactElement {
  const [typed, setTyped] = useTyped(value, asText, (text, now) => (parseNumber(text) ?? text) === now);
  const wrong =
    typed !== '' && parseNumber(typed) === null ? 'must be a number, with a dot for the fraction' : undefined;
  const fallback = typeof node.fallback === 'number' ? grouped(node.fallback) : fallbackText(node);
  return (
    <TextField
      label={labelOf(node)}
      description={
        node.unit === 'bytes' && typeof value === 'number' ? `${node.help ?? ''}: ${bytes(value)}` : node.help
      }
      errorMessage={wrong ?? error}
      value={typed}
      isReadOnly={isReadOnly}
      inputMode="decimal"
      mono
      {...(node.unit !== undefined && { unit: node.unit })}
      {...(fallback !== undefined && { placeholder: fallback })}
      onChange={(text) => {
        setTyped(text);
        if (text.trim() === '' && !node.required) onRemove();
        else onSet(parseNumber(text) ?? text, 'typing');
      }}
    />
  );
}

export function SwitchWidget({ node, value, error, isReadOnly, onSet }: WidgetProps): ReactElement {
  return (
    <div>
      <Checkbox
        isSelected={(value ?? node.fallback) === true}
        isReadOnly={isReadOnly}
        description={node.help}
        onChange={(on) => {
          onSet(on);
        }}
      >
        {node.label}
      </Checkbox>
      <FieldProblem text={error} />
    </div>
  );
}

const unset = '';

export function ChoiceWidget({ node, value, error, isReadOnly, onSet, onRemove }: WidgetProps): ReactElement {
  const fallback = fallbackText(node);
  const left = {
    id: unset,
    label: fallback === undefined ? 'Not set' : `${optionLabels[fallback] ?? fallback} (default)`,
  };
  const known = node.options.map((id) => ({ id, label: optionLabels[id] ?? id }));
  return (
    <Select
      label={labelOf(node)}
      description={node.help}
      errorMessage={error}
      isDisabled={isReadOnly}
      options={node.required ? known : [left, ...known.filter(({ id }) => id !== fallback || value === id)]}
      value={value === undefined ? (node.required ? null : unset) : asText(value)}
      onChange={(id) => {
        if (id === unset) onRemove();
        else onSet(id);
      }}
    />
  );
}

/** What can have one value only. */
export function ConstantWidget(props: WidgetProps): ReactElement {
  const { node, value, error, isReadOnly } = props;
  // A mistaken value can be put right here.
  if (node.constant === true) return <SwitchWidget {...props} isReadOnly={isReadOnly || value !== false} />;
  return (
    <div className={styles['constant']}>
      <span>{node.label}</span>
      <code>{asText(node.constant)}</code>
      <FieldProblem text={error} />
    </div>
  );
}

/** Names or numbers between commas. */
export function ListWidget({ node, value, error, isReadOnly, onSet, onRemove }: WidgetProps): ReactElement {
  const numeric = node.widget === 'numbers';
  const parse = (text: string): unknown[] =>
    parseItems(text).map((item) => (numeric ? (parseNumber(item) ?? item) : item));
  const [typed, setTyped] = useTyped(
    value,
    listText,
    (text, now) => JSON.stringify(parse(text)) === JSON.stringify(now),
  );
  const inner = numeric ? 'Numbers, separated by commas' : 'Separated by commas';
  return (
    <TextField
      label={labelOf(node)}
      description={node.help === undefined ? inner : `${node.help}. ${inner}`}
      errorMessage={error}
      value={typed}
      isReadOnly={isReadOnly}
      mono
      onChange={(text) => {
        setTyped(text);
        const items = parse(text);
        if (items.length === 0 && !node.required) onRemove();
        else onSet(items, 'typing');
      }}
    />
  );
}

function listText(value: unknown): string {
  return Array.isArray(value) ? value.map(asText).join(', ') : asText(value);
}

export function FieldProblem({ text }: { readonly text: string | undefined }): ReactElement | null {
  return text === undefined ? null : <p className={styles['problem']}>{text}</p>;
}
