import { ArrowDown, ArrowUp, FilePlus, Plus, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { isMapping } from './form-data.ts';
import { chooseInput } from './place-widgets.tsx';
import { FieldProblem } from './simple-widgets.tsx';
import { useTyped } from './use-typed.ts';
import { TypedField } from './typed-field.tsx';
import type { WidgetProps } from './widget-props.ts';
import { labelOf } from './widget-props.ts';
import styles from './form.module.css';

/** Texts on rows of their own, in an order that matters: paths and addresses, or the arguments of a service. */
export function RowsWidget({ node, value, error, isReadOnly, onSet, onRemove }: WidgetProps): ReactElement {
  const rows: unknown[] = Array.isArray(value) ? value : [];
  const isFiles = node.widget === 'hrefs';
  const noun = isFiles ? 'entry' : 'argument';
  const move = (from: number, to: number) => {
    onSet(rows.toSpliced(from, 1).toSpliced(to, 0, rows[from]));
  };
  return (
    <fieldset className={styles['numbers']}>
      <legend>{labelOf(node)}</legend>
      {rows.map((row, index) => (
        // Rows have no identity of their own: the place in the list is what the file has.
        <div key={index} className={styles['row']}>
          <TypedField
            label={`${node.label}, ${noun} ${index + 1}`}
            hideLabel
            mono
            multiline={typeof row === 'string' && row.includes('\n')}
            value={typeof row === 'string' ? row : JSON.stringify(row)}
            isReadOnly={isReadOnly}
            onChange={(text) => {
              onSet(rows.with(index, text), 'typing');
            }}
          />
          <IconButton
            size="small"
            label={`Move ${noun} ${index + 1} up`}
            icon={<ArrowUp aria-hidden />}
            isDisabled={isReadOnly || index === 0}
            onPress={() => {
              move(index, index - 1);
            }}
          />
          <IconButton
            size="small"
            label={`Move ${noun} ${index + 1} down`}
            icon={<ArrowDown aria-hidden />}
            isDisabled={isReadOnly || index === rows.length - 1}
            onPress={() => {
              move(index, index + 1);
            }}
          />
          <IconButton
            size="small"
            label={`Remove ${noun} ${index + 1}`}
            icon={<X aria-hidden />}
            isDisabled={isReadOnly}
            onPress={() => {
              if (rows.length === 1 && !node.required) onRemove();
              else onSet(rows.toSpliced(index, 1));
            }}
          />
        </div>
      ))}
      <div className={styles['rowActions']}>
        {isFiles && (
          <Button
            size="small"
            icon={<FilePlus aria-hidden />}
            isDisabled={isReadOnly}
            onPress={() => {
              void chooseInput(node.format).then((path) => {
                if (path !== null) onSet([...rows, path]);
              });
            }}
          >
            Choose file…
          </Button>
        )}
        <Button size="small" icon={<Plus aria-hidden />} isDisabled={isReadOnly} onPress={() => onSet([...rows, ''])}>
          Add {noun}
        </Button>
      </div>
      <p className={styles['help']}>{node.help}</p>
      <FieldProblem text={error} />
    </fieldset>
  );
}

/** Nested data as JSON: a query, a filter, a polygon. Written to the file whenever it is readable. */
export function JsonWidget({ node, value, error, isReadOnly, onSet, onRemove }: WidgetProps): ReactElement {
  const [typed, setTyped] = useTyped(value, jsonText, (text, now) => compact(text) === JSON.stringify(now));
  const parsed = typed.trim() === '' ? null : parseMapping(typed);
  const wrong =
    typed.trim() !== '' && parsed === null
      ? 'must be a JSON mapping, such as {"eo:cloud_cover": {"lt": 60}}'
      : undefined;
  if (value === undefined && typed === '' && !node.required)
    return (
      <div className={styles['absent']}>
        <p className={styles['help']}>
          {node.label}: {node.help}
        </p>
        <Button
          size="small"
          isDisabled={isReadOnly}
          onPress={() => {
            onSet({});
          }}
        >
          Add {node.label.toLowerCase()}
        </Button>
      </div>
    );
  return (
    <TextField
      label={labelOf(node)}
      description={node.help === undefined ? 'JSON' : `${node.help}, as JSON`}
      errorMessage={wrong ?? error}
      value={typed}
      isReadOnly={isReadOnly}
      multiline
      mono
      onChange={(text) => {
        setTyped(text);
        const next = parseMapping(text);
        if (text.trim() === '' && !node.required) onRemove();
        else if (next !== null) onSet(next, 'typing');
      }}
    />
  );
}

function jsonText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const short = JSON.stringify(value);
  return short.length <= 60
    ? short
    : JSON.stringify(value, null, 1).replace(/\[\s+([-\d.e]+),\s+([-\d.e]+)\s+\]/g, '[$1, $2]');
}

function parseMapping(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) ? value : null;
  } catch {
    return null;
  }
}

function compact(text: string): string {
  return JSON.stringify(parseMapping(text));
}

/** Environment names and the stored secrets that they stand for. The secrets themselves are never in a task. */
export function SecretsWidget({ node, value, error, isReadOnly, onSet, onRemove }: WidgetProps): ReactElement {
  const rows = isMapping(value) ? Object.entries(value) : [];
  const write = (entries: readonly (readonly [string, unknown])[]) => {
    if (entries.length === 0 && !node.required) onRemove();
    else onSet(Object.fromEntries(entries), 'typing');
  };
  const nameOf = (entry: unknown) => (isMapping(entry) && typeof entry['secret'] === 'string' ? entry['secret'] : '');
  const free = ['SECRET', ...rows.map((_, index) => `SECRET_${index + 2}`)].find(
    (name) => !rows.some(([key]) => key === name),
  );
  return (
    <fieldset className={styles['numbers']}>
      <legend>{node.label}</legend>
      {rows.map(([name, entry], index) => (
        <div key={index} className={styles['row']}>
          <TypedField
            label={`Environment name ${index + 1}`}
            hideLabel
            mono
            value={name}
            isReadOnly={isReadOnly}
            onChange={(text) => {
              if (!rows.some(([other]) => other === text)) write(rows.with(index, [text, entry]));
            }}
          />
          <TypedField
            label={`Stored secret ${index + 1}`}
            hideLabel
            mono
            placeholder="name of the stored secret"
            value={nameOf(entry)}
            isReadOnly={isReadOnly}
            onChange={(text) => {
              write(rows.with(index, [name, { secret: text }]));
            }}
          />
          <IconButton
            size="small"
            label={`Remove ${name}`}
            icon={<X aria-hidden />}
            isDisabled={isReadOnly}
            onPress={() => {
              write(rows.toSpliced(index, 1));
            }}
          />
        </div>
      ))}
      <Button
        size="small"
        icon={<Plus aria-hidden />}
        isDisabled={isReadOnly}
        onPress={() => {
          write([...rows, [free ?? 'SECRET', { secret: 'name' }]]);
        }}
      >
        Add secret
      </Button>
      <p className={styles['help']}>{node.help}. The secrets themselves are kept outside of tasks.</p>
      <FieldProblem text={error} />
    </fieldset>
  );
}
