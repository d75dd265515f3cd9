import { describe, expect, it } from 'vitest';
import type { FormNode, Widget } from '../../../src-renderer/tasks/form/form-model.ts';
import { taskForm } from '../../../src-renderer/tasks/form/form-model.ts';
import { Analysis } from '../../../src-shared/task/analyses.ts';
import { taskJsonSchema } from '../../../src-shared/task/json-schema.ts';

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  prefixItems?: Schema[];
  items?: Schema | false;
  additionalProperties?: Schema | false;
}
const root: Schema = taskJsonSchema();

/** Every place of the schema that holds a value: `inputs<2>.bbox[0]` is the first number of the box of the third kind. */
function leaves(schema: Schema, path: string): string[] {
  const here = schema.$ref === undefined ? schema : root.$defs![schema.$ref.replace('#/$defs/', '')]!;
  const variants = here.anyOf ?? here.oneOf;
  if (variants !== undefined) return variants.flatMap((one, index) => leaves(one, `${path}<${index}>`));
  if (here.properties !== undefined)
    return Object.entries(here.properties).flatMap(([key, one]) => leaves(one, path === '' ? key : `${path}.${key}`));
  if (here.prefixItems !== undefined) return here.prefixItems.flatMap((one, index) => leaves(one, `${path}[${index}]`));
  if (here.items) return leaves(here.items, `${path}[]`);
  return [here.additionalProperties ? `${path}.*` : path];
}

/** What each widget edits: the value itself, or what stands below it. */
const edits: Record<Widget, RegExp> = {
  constant: /^$/,
  text: /^$/,
  number: /^$/,
  switch: /^$/,
  choice: /^$/,
  href: /^$/,
  interval: /^$/,
  'bbox-wgs84': /^\[[0-3]\]$/,
  'bbox-crs': /^\[[0-3]\]$/,
  pair: /^\[[01]\]$/,
  texts: /^\[\]$/,
  hrefs: /^\[\]$/,
  numbers: /^\[\]$/,
  arguments: /^\[\]$/,
  record: /^\.\*$/,
  geojson: /^<\d>\.(type|coordinates(\[\])+)$/,
  secrets: /^\.\*$/,
};

/** Every widget of the form with the same kind of path. */
function widgets(node: FormNode, path: string): { path: string; widget: Widget; label: string }[] {
  if (node.kind === 'leaf') return [{ path, widget: node.widget, label: node.label }];
  if (node.kind === 'kinds') return node.kinds.flatMap((kind, index) => widgets(kind.node, `${path}<${index}>`));
  return node.fields.flatMap((field) => widgets(field, path === '' ? field.key : `${path}.${field.key}`));
}

const form = taskForm(root);
const all = widgets(form, '');

describe('the form of a task', () => {
  it.each(leaves(root, '').map((path) => [path]))('has a widget for %s', (path) => {
    const editors = all.filter(
      (field) => path.startsWith(field.path) && edits[field.widget].test(path.slice(field.path.length)),
    );
    expect(editors.map(({ path: at }) => at)).toHaveLength(1);
  });

  it('has no widget without a place in the schema', () => {
    const places = leaves(root, '');
    for (const { path } of all) expect(places.some((place) => place.startsWith(path))).toBe(true);
  });

  it('has about ninety places; a schema that is empty by mistake would prove nothing', () => {
    expect(leaves(root, '').length).toBeGreaterThan(80);
    expect(leaves(root, '')).toEqual(
      expect.arrayContaining(['inputs<0>.bbox[3]', 'secrets.*', 'analysis<1>.mask<1>.classes[]']),
    );
  });

  it('names every field and says what it is for', () => {
    const silent: string[] = [];
    const walk = (node: FormNode, path: string) => {
      if (node.label.trim() === '' && path !== '') silent.push(path);
      if (node.kind === 'leaf' && node.widget !== 'constant' && node.help === undefined && !path.includes('<'))
        silent.push(path);
      if (node.kind === 'section') for (const field of node.fields) walk(field, `${path}.${field.key}`);
      if (node.kind === 'kinds') for (const kind of node.kinds) walk(kind.node, `${path}<${kind.id}>`);
    };
    walk(form, '');
    expect(silent).toEqual([]);
  });

  it('tells kinds apart by the key or the type that marks them', () => {
    const ids = (key: string) => {
      const node = form.fields.find((field) => field.key === key);
      return node?.kind === 'kinds' ? node.kinds.map(({ id }) => id) : [];
    };
    expect(ids('inputs')).toEqual(['stac_api', 'items', 'rasters', 'raster', 'zarr', 'folder', 'run']);
    expect(ids('analysis')).toEqual(Analysis.def.options.map((option) => [...option.shape.type.values][0]));
  });

  it('gives quantities a unit', () => {
    const limits = form.fields.find(({ key }) => key === 'limits');
    if (limits?.kind !== 'section') throw new Error('limits is not a section');
    for (const field of limits.fields) expect(field.kind === 'leaf' ? field.unit : undefined).toBeTypeOf('string');
  });

  it('refuses a schema that it has no widget for', () => {
    expect(() => taskForm({ type: 'object', properties: { odd: { type: 'null' } } })).toThrow(/no widget for odd/);
  });
});
