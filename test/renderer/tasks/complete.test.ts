import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { taskCompletions } from '../../../src-renderer/tasks/editor/complete.ts';
import { taskForm } from '../../../src-renderer/tasks/form/form-model.ts';

const complete = taskCompletions(taskForm());

/** What is offered at `|`. */
function offered(text: string, explicit = true): string[] {
  const at = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', '') });
  return (complete(new CompletionContext(state, at, explicit))?.options ?? []).map(({ label }) => label);
}

describe('completion', () => {
  it('offers the fields that are missing, in the schema’s order', () => {
    expect(offered('task_name: x\n|').slice(0, 3)).toEqual(['version', 'output_dir', 'inputs']);
    expect(offered('task_name: x\n|')).not.toContain('task_name');
  });

  it('knows the kind of the inputs and of the analysis', () => {
    expect(offered('inputs:\n  raster: a.tif\n  |')).toEqual(['aoi', 'features']);
    expect(offered('analysis:\n  type: composite\n  me|')).toContain('method');
    expect(offered('analysis:\n  type: stac_preview\n  |')).toEqual(['bands']);
  });

  it('offers all kinds while none is told', () => {
    expect(offered('inputs:\n  |')).toEqual(expect.arrayContaining(['stac_api', 'raster', 'run']));
    expect(offered('analysis:\n  type: |')).toEqual(expect.arrayContaining(['composite', 'service']));
  });

  it('offers values', () => {
    expect(offered('analysis:\n  type: composite\n  method: |')).toEqual(['median', 'mean', 'min', 'max', 'count']);
    expect(offered('outputs:\n  make_report: |')).toEqual(['true', 'false']);
    expect(offered('backend: |')).toContain('docker');
  });

  it('stays silent in comments, in names of a person’s own, and on an empty line until asked', () => {
    expect(offered('# ba|')).toEqual([]);
    expect(offered('task_name: ba|')).toEqual([]);
    expect(offered('task_name: x\n|', false)).toEqual([]);
  });
});
