import type { ReactElement } from 'react';
import type { YamlPath } from '../../../src-shared/task/edit-yaml.ts';
import { analysisInputs } from '../../../src-shared/task/analyses.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/select.tsx';
import { useTaskForm } from './form-context.ts';
import { dotted, isMapping, kindOfValue, problemsAt, startOfKind } from './form-data.ts';
import type { FormNode, Kinds, Leaf, Section } from './form-model.ts';
import { analysisName } from '../analysis-name.ts';
import { FieldProblem } from './simple-widgets.tsx';
import { widgets } from './widgets.tsx';
import styles from './form.module.css';

interface NodeProps<N extends FormNode> {
  readonly node: N;
  readonly path: YamlPath;
  readonly value: unknown;
}

/** One node of the form with everything below it. */
export function NodeField({ node, path, value }: NodeProps<FormNode>): ReactElement {
  if (node.kind === 'leaf') return <LeafField node={node} path={path} value={value} />;
  if (node.kind === 'kinds') return <KindsField node={node} path={path} value={value} />;
  return <SectionFields node={node} path={path} value={value} />;
}

/** The problems of a place in one text, or nothing. `below`: also of what stands inside. */
function useProblemText(path: YamlPath, below: boolean): string | undefined {
  const { problems, refusal } = useTaskForm();
  const found = problemsAt(problems, path, below).map(({ message }) => message);
  if (refusal?.path === dotted(path)) found.unshift(refusal.message);
  return found.length === 0 ? undefined : [...new Set(found)].join('; ');
}

function LeafField({ node, path, value }: NodeProps<Leaf>): ReactElement {
  const { isReadOnly, set, remove } = useTaskForm();
  const error = useProblemText(path, true);
  const Widget = widgets[node.widget];
  return (
    <div data-path={dotted(path)} className={wide.has(node.widget) ? styles['wide'] : undefined}>
      <Widget
        node={node}
        path={path}
        value={value}
        error={error}
        isReadOnly={isReadOnly}
        onSet={(next, how) => {
          set(path, next, how);
        }}
        onRemove={() => {
          remove(path);
        }}
      />
    </div>
  );
}

const wide = new Set<Leaf['widget']>([
  'href',
  'hrefs',
  'interval',
  'bbox-wgs84',
  'bbox-crs',
  'texts',
  'numbers',
  'arguments',
  'record',
  'geojson',
  'secrets',
]);

/** The fields of a mapping. One that is not needed and not there is added by a button, when it has fields that are. */
export function SectionFields({ node, path, value }: NodeProps<Section>): ReactElement {
  const { isReadOnly, set, remove } = useTaskForm();
  const error = useProblemText(path, false);
  const isOptional = !node.required && node.fields.some(({ required }) => required);
  if (isOptional && value === undefined)
    return (
      <div className={[styles['absent'], styles['wide']].join(' ')} data-path={dotted(path)}>
        <p className={styles['help']}>{node.help}</p>
        <Button
          size="small"
          isDisabled={isReadOnly}
          onPress={() => {
            set(path, startOfKind({ id: node.key, label: node.label, help: node.help, node }, undefined));
          }}
        >
          Add {node.label.toLowerCase()}
        </Button>
      </div>
    );
  return (
    <div data-path={dotted(path)} className={styles['wide']}>
      <FieldProblem text={error} />
      <div className={styles['grid']}>
        {node.fields.filter(isShown).map((field) => (
          <NodeField
            key={field.key}
            node={field}
            path={[...path, field.key]}
            value={isMapping(value) ? value[field.key] : undefined}
          />
        ))}
      </div>
      {isOptional && (
        <Button
          size="small"
          variant="quiet"
          isDisabled={isReadOnly}
          onPress={() => {
            remove(path);
          }}
        >
          Remove {node.label.toLowerCase()}
        </Button>
      )}
    </div>
  );
}

/** The mark of a kind, as in `type: composite`, is edited by choosing the kind. */
function isShown(field: FormNode): boolean {
  return !(field.kind === 'leaf' && field.widget === 'constant' && field.required);
}

/** Says of a kind of input that the chosen analysis does not read it. */
function unreadNote(path: YamlPath, kind: string, data: unknown): string | undefined {
  const type = isMapping(data) && isMapping(data['analysis']) ? data['analysis']['type'] : undefined;
  const analysis = typeof type === 'string' ? type : '';
  const readable = Object.entries(analysisInputs).find(([name]) => name === analysis)?.[1] as
    readonly string[] | undefined;
  if (dotted(path) !== 'inputs' || readable === undefined || readable.includes(kind)) return undefined;
  return `Not read by ${analysisName(analysis).toLowerCase()}`;
}

const none = '';

/** A choice of kinds, and the fields of the chosen one. */
function KindsField({ node, path, value }: NodeProps<Kinds>): ReactElement {
  const { data, isReadOnly, chooseKind, remove } = useTaskForm();
  const error = useProblemText(path, false);
  const kind = kindOfValue(node, value);
  const options = node.kinds.map(({ id, label, help }) => {
    const description = unreadNote(path, id, data) ?? help;
    return { id, label, ...(description !== undefined && { description }) };
  });
  // What the choice above says already is neither named nor removed again.
  const inner = kind === null ? null : { ...kind.node, required: true, label: kind.label };
  return (
    <div
      className={[styles['kinds'], styles['wide']].join(' ')}
      data-path={dotted(path)}
      role="group"
      aria-label={node.label}
    >
      <Select
        // The part of the form that holds nothing else has the same name already.
        hideLabel={path.length === 1}
        label={node.required ? node.label : `${node.label} (optional)`}
        description={kind?.help ?? node.help}
        errorMessage={error}
        isDisabled={isReadOnly}
        options={node.required ? options : [{ id: none, label: 'None' }, ...options]}
        value={kind?.id ?? (node.required ? null : none)}
        onChange={(id) => {
          const chosen = node.kinds.find((one) => one.id === id);
          if (chosen === undefined) remove(path);
          else chooseKind(path, kind?.id ?? null, id, startOfKind(chosen, value));
        }}
      />
      {inner !== null && <NodeField key={kind?.id} node={inner} path={path} value={value} />}
    </div>
  );
}
