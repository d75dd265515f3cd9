import { FolderOpen } from 'lucide-react';
import type { ReactElement } from 'react';
import { Suspense, lazy } from 'react';
import type { NativeInput } from '../../../src-shared/native.ts';
import { native } from '../../app/native.ts';
import { queryClient } from '../../app/api.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { report } from '../../ui/toast.tsx';
import { FieldProblem, TextWidget } from './simple-widgets.tsx';
import { TypedField } from './typed-field.tsx';
import { parseNumber, useTyped } from './use-typed.ts';
import type { WidgetProps } from './widget-props.ts';
import { labelOf } from './widget-props.ts';
import styles from './form.module.css';

const BboxMap = lazy(async () => ({ default: (await import('../../map/bbox-map.tsx')).BboxMap }));

type PickKind = NativeInput<'pickInput'>['kind'];
const pickKinds: Readonly<Record<string, PickKind>> = {
  'raster-href': 'raster',
  'stac-href': 'stac',
  'geojson-href': 'geojson',
  'features-href': 'features',
  'zarr-href': 'folder',
  'folder-href': 'folder',
};

/** Asks for a file; what was chosen may then be read by tasks. Null when the person closed the dialog. */
export async function chooseInput(format: string | undefined): Promise<string | null> {
  try {
    const chosen = await native('pickInput', { kind: pickKinds[format ?? ''] ?? 'raster' });
    if (chosen === null) return null;
    await queryClient.invalidateQueries({ queryKey: ['listGrants'] });
    return chosen.grant.path;
  } catch (cause) {
    report(cause);
    return null;
  }
}

/** An address or a path; a file chosen here may be read by tasks from then on. */
export function HrefWidget(props: WidgetProps): ReactElement {
  const { node, isReadOnly, onSet } = props;
  const what = pickKinds[node.format ?? ''] === 'folder' ? 'folder' : 'file';
  return (
    <div className={styles['withButton']}>
      <TextWidget {...props} />
      <Button
        icon={<FolderOpen aria-hidden />}
        isDisabled={isReadOnly}
        aria-label={`Choose ${what} for ${node.label}`}
        onPress={() => {
          void chooseInput(node.format).then((path) => {
            if (path !== null) onSet(path);
          });
        }}
      >
        Choose {what}…
      </Button>
    </div>
  );
}

const sides = {
  'bbox-wgs84': ['West', 'South', 'East', 'North'],
  'bbox-crs': ['Min x', 'Min y', 'Max x', 'Max y'],
  pair: ['x', 'y'],
} as const;

/** Numbers that belong together: a box, or a size along x and y. */
export function NumbersWidget({ node, value, error, isReadOnly, onSet, onRemove }: WidgetProps): ReactElement {
  const names = node.widget === 'bbox-wgs84' || node.widget === 'bbox-crs' ? sides[node.widget] : sides.pair;
  const numbers: unknown[] = Array.isArray(value) ? value : [];
  const box = numbers.length === 4 && numbers.every((side) => typeof side === 'number') ? numbers : null;
  return (
    <fieldset className={styles['numbers']}>
      <legend>{labelOf(node)}</legend>
      <div className={styles['sides']}>
        {names.map((name, index) => (
          <Side
            key={name}
            label={name}
            unit={node.unit}
            value={numbers[index]}
            isReadOnly={isReadOnly}
            onSet={(side) => {
              onSet(
                names.map((_, other) => (other === index ? side : (numbers[other] ?? 0))),
                'typing',
              );
            }}
          />
        ))}
      </div>
      <FieldProblem text={error} />
      {node.widget === 'bbox-wgs84' && (
        <Suspense fallback={<div className={styles['mapRoom']} />}>
          <div className={styles['mapRoom']}>
            <BboxMap
              label={`${node.label} on the map`}
              value={box as [number, number, number, number] | null}
              onChange={(next) => {
                if (!isReadOnly) onSet(next);
              }}
            />
          </div>
        </Suspense>
      )}
      <p className={styles['help']}>{node.help}</p>
      {value !== undefined && !node.required && (
        <Button size="small" variant="quiet" isDisabled={isReadOnly} onPress={onRemove}>
          Remove {node.label.toLowerCase()}
        </Button>
      )}
    </fieldset>
  );
}

interface SideProps {
  readonly label: string;
  readonly unit: string | undefined;
  readonly value: unknown;
  readonly isReadOnly: boolean;
  readonly onSet: (value: number | string) => void;
}

function Side({ label, unit, value, isReadOnly, onSet }: SideProps): ReactElement {
  const [typed, setTyped] = useTyped(
    value,
    (now) => (now === undefined ? '' : typeof now === 'string' ? now : JSON.stringify(now)),
    (text, now) => (parseNumber(text) ?? text) === now,
  );
  return (
    <TextField
      label={label}
      value={typed}
      isReadOnly={isReadOnly}
      inputMode="decimal"
      mono
      errorMessage={
        value !== undefined && parseNumber(typed) === null ? 'Not a number: 40.5 has a dot for its fraction' : undefined
      }
      {...(unit === '°' && { unit })}
      onChange={(text) => {
        setTyped(text);
        onSet(parseNumber(text) ?? text);
      }}
    />
  );
}

/** A time or an interval: both ends, and the whole as it is written. */
export function IntervalWidget(props: WidgetProps): ReactElement {
  const { node, value, error, isReadOnly, onSet, onRemove } = props;
  const text = typeof value === 'string' ? value : '';
  const [from = '', to = ''] = text.split('/');
  const isInterval = text.includes('/');
  const write = (start: string, end: string) => {
    if (start === '' && end === '' && !node.required) onRemove();
    else
      onSet(end === '' && !isInterval ? start : `${start === '' ? '..' : start}/${end === '' ? '..' : end}`, 'typing');
  };
  return (
    <fieldset className={styles['numbers']}>
      <legend>{labelOf(node)}</legend>
      <div className={styles['sides']}>
        <End label="From" value={from} isReadOnly={isReadOnly} onSet={(start) => write(start, to)} />
        <End label="To" value={to} isReadOnly={isReadOnly} onSet={(end) => write(from, end)} />
      </div>
      <TextWidget {...props} node={{ ...node, label: 'As written', required: true }} error={error} />
    </fieldset>
  );
}

interface EndProps {
  readonly label: string;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly onSet: (value: string) => void;
}

function End({ label, value, isReadOnly, onSet }: EndProps): ReactElement {
  const shown = value === '..' ? '' : value;
  return (
    <TypedField label={label} value={shown} placeholder="YYYY-MM-DD" isReadOnly={isReadOnly} mono onChange={onSet} />
  );
}
