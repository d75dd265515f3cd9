import { describe, expect, it } from 'vitest';
import { isBelow, kindOfValue, problemsAt, startOfKind } from '../../../src-renderer/tasks/form/form-data.ts';
import type { FormNode, Kinds } from '../../../src-renderer/tasks/form/form-model.ts';
import { taskForm } from '../../../src-renderer/tasks/form/form-model.ts';
import { formParts, partSummary } from '../../../src-renderer/tasks/form/sections.ts';
import { parseItems, parseNumber } from '../../../src-renderer/tasks/form/use-typed.ts';
import { obstacleOf, remedyHere } from '../../../src-renderer/tasks/launch/submit-error.ts';
import { readForForm } from '../../../src-renderer/tasks/page/read-for-form.ts';
import { saveState } from '../../../src-renderer/tasks/page/save-state.ts';
import { AppError } from '../../../src-shared/errors.ts';

const form = taskForm();

function kinds(...path: string[]): Kinds {
  let node: FormNode = form;
  for (const step of path) {
    const inside: readonly FormNode[] =
      node.kind === 'section' ? node.fields : node.kind === 'kinds' ? node.kinds.map((kind) => kind.node) : [];
    const found: FormNode | undefined =
      inside.find(({ key }) => key === step) ??
      inside.flatMap((one) => (one.kind === 'section' ? one.fields : [])).find(({ key }) => key === step);
    if (found === undefined) throw new Error(`no ${step}`);
    node = found;
  }
  if (node.kind !== 'kinds') throw new Error('not a choice of kinds');
  return node;
}

describe('the kind of a value', () => {
  it.each([
    [['inputs'], { raster: 'a.tif' }, 'raster'],
    [['inputs'], { stac_api: '', collection: 'c' }, 'stac_api'],
    [['inputs'], { collection: 'c' }, 'stac_api'],
    [['inputs'], {}, undefined],
    [['analysis'], { type: 'composite' }, 'composite'],
    [['analysis'], { type: 'compost' }, undefined],
    [['grid', 'resolution'], 30, 'number'],
    [['grid', 'resolution'], [30, 20], 'pair'],
    [['inputs', 'aoi'], 'area.geojson', 'geojson-href'],
    [['inputs', 'aoi'], { type: 'Polygon' }, 'geojson'],
    [['analysis', 'mask'], { band: 'qa', bits: [] }, 'bits'],
    [['analysis', 'mask'], undefined, undefined],
  ])('%j %j', (path, value, id) => {
    expect(kindOfValue(kinds(...path), value)?.id).toBe(id);
  });
});

describe('another kind', () => {
  const chosen = (node: Kinds, id: string) => node.kinds.find((kind) => kind.id === id)!;

  it('keeps what both have', () => {
    const before = { type: 'band_index', index: 'nbr', mask: { band: 'qa', bits: [1] }, apply_scale: true };
    expect(startOfKind(chosen(kinds('analysis'), 'composite'), before)).toEqual({
      type: 'composite',
      method: 'median',
      index: 'nbr',
      mask: { band: 'qa', bits: [1] },
      apply_scale: true,
    });
  });

  it('keeps nothing of another shape', () => {
    expect(startOfKind(chosen(kinds('analysis'), 'raster_summary'), { type: 'composite', bands: ['red'] })).toEqual({
      type: 'raster_summary',
    });
    expect(startOfKind(chosen(kinds('inputs'), 'rasters'), { raster: 'a.tif', aoi: 'b.geojson' })).toEqual({
      rasters: [],
      aoi: 'b.geojson',
    });
  });

  it('begins with every field that is needed', () => {
    const grid = form.fields.find(({ key }) => key === 'grid');
    if (grid?.kind !== 'section') throw new Error('grid is not a section');
    const kind = { id: 'grid', label: '', help: undefined, node: grid };
    expect(startOfKind(kind, undefined)).toEqual({ crs: '', resolution: 1 });
    expect(startOfKind(chosen(kinds('analysis', 'mask'), 'bits'), undefined)).toEqual({ band: '', bits: [] });
  });

  it('turns one number into two and back', () => {
    expect(startOfKind(chosen(kinds('grid', 'resolution'), 'pair'), 30)).toEqual([30, 30]);
    expect(startOfKind(chosen(kinds('grid', 'resolution'), 'number'), [30, 20])).toBe(30);
  });
});

describe('the parts of the form', () => {
  it('hold every field once', () => {
    const keys = formParts(form).flatMap(({ nodes }) => nodes.map(({ key }) => key));
    expect(keys.sort()).toEqual(form.fields.map(({ key }) => key).sort());
  });

  it('say in a line what they hold', () => {
    const part = (id: string) => formParts(form).find((one) => one.id === id)!;
    expect(partSummary(part('limits'), { limits: { max_read_bytes: 50_000_000, timeout_sec: 60 } })).toBe(
      'time limit 60 s, read 50 MB',
    );
    expect(partSummary(part('grid'), { grid: { crs: 'EPSG:32613', resolution: [30, 20] } })).toBe(
      'CRS EPSG:32613, resolution 30 20',
    );
    expect(partSummary(part('backend'), { backend: 'docker' })).toBe('back end Docker');
    expect(partSummary(part('secrets'), {})).toBe('as by default');
  });
});

describe('what a person types', () => {
  it.each([
    ['1.5', 1.5],
    [' -3 ', -3],
    ['−3', -3],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1.', 1],
    ['', null],
    ['1,5', null],
    ['-', null],
    ['0x10', null],
    ['1e999', null],
  ])('%j is the number %j', (typed, number) => {
    expect(parseNumber(typed)).toBe(number);
  });

  it('is parted at commas and line breaks', () => {
    expect(parseItems(' red, nir,,\ngreen ')).toEqual(['red', 'nir', 'green']);
  });
});

describe('problems', () => {
  it('belong to the field of their path, and to the whole of a value', () => {
    const problems = [
      { path: 'inputs.bbox[2]', message: 'a' },
      { path: 'inputs.bbox', message: 'b' },
      { path: 'inputs.bboxes', message: 'c' },
    ];
    expect(problemsAt(problems, ['inputs', 'bbox'], true).map(({ message }) => message)).toEqual(['a', 'b']);
    expect(problemsAt(problems, ['inputs', 'bbox'], false).map(({ message }) => message)).toEqual(['b']);
    expect(isBelow('grid', 'grid')).toBe(false);
  });
});

describe('what the form reads', () => {
  it('is the data of a task that is not valid, nothing of a broken text, and an empty task of an empty one', () => {
    expect(readForForm('task_name: x\n').data).toEqual({ task_name: 'x' });
    expect(readForForm('task_name: [\n').data).toBeNull();
    expect(readForForm('- a\n').data).toBeNull();
    expect(readForForm('# later\n').data).toEqual({});
    expect(readForForm('# later\n').problems).not.toEqual([]);
  });
});

describe('an obstacle to a run', () => {
  it('offers the plain process where the engine does', () => {
    const error = new AppError('backend_unavailable', 'Docker is not available.', { remedy: 'Add: --backend process' });
    expect(obstacleOf(error, {}).kind).toBe('isolation');
    expect(remedyHere(error), 'without a flag of the command line').toBe(
      'Start it, or choose another back end where the task allows one.',
    );
    expect(obstacleOf(new AppError('backend_unavailable', 'The engine does not answer.'), {}).kind).toBe('other');
  });

  it('is shown at the input that it names', () => {
    const inputs = { rasters: ['a.tif', 'b c.tif'] };
    const denied = new AppError('denied', 'The input b c.tif lies outside the folders that this task may read.');
    expect(obstacleOf(denied, inputs)).toMatchObject({ kind: 'input', path: ['inputs', 'rasters', 1], canAllow: true });
    const missing = new AppError('not_found', 'The input a.tif does not exist.', { remedy: 'Check the path.' });
    expect(obstacleOf(missing, inputs)).toMatchObject({
      kind: 'input',
      path: ['inputs', 'rasters', 0],
      canAllow: false,
    });
    expect(remedyHere(missing)).toBe('Check the path.');
    expect(obstacleOf(new AppError('denied', 'The input x.tif lies outside.'), inputs).kind).toBe('other');
  });
});

describe('where the text is', () => {
  it('is said in words', () => {
    const kept = { keptAt: '2026-01-02T03:04:05.000Z', failure: null };
    expect(saveState(true, false, kept)).toBe('Saved');
    expect(saveState(false, false, kept)).toBe('Unchanged');
    expect(saveState(true, true, { keptAt: null, failure: null })).toBe('Not saved');
    expect(saveState(true, true, kept)).toBe('Not saved; draft kept 03:04:05');
    expect(saveState(true, true, { keptAt: null, failure: 'The disk is full.' })).toBe(
      'Draft not kept: The disk is full.',
    );
  });
});
