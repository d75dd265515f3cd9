import { describe, expect, it } from 'vitest';
import { deleteYamlValue, insertYamlItem, moveYamlItem, setYamlValue } from '../../src-shared/task/edit-yaml.ts';

const task = `# Boulder
task_name: NDVI # short
inputs: # where from
  # the public one
  stac_api: https://example.org/stac
  bbox: [-105.35, 39.95, -105.15, 40.10] # degrees
  # more below

analysis:
  type: band_index
outputs: {}
`;

/** what, the edit, its line(s) before, the line(s) after */
const edits: readonly [what: string, edit: (text: string) => string, before: string, after: string][] = [
  [
    'a text keeps the comment behind it',
    (text) => setYamlValue(text, ['task_name'], 'EVI'),
    'task_name: NDVI #',
    'task_name: EVI #',
  ],
  [
    'a text that another reader takes for a date is quoted',
    (text) => setYamlValue(text, ['task_name'], '2023-06-01'),
    'task_name: NDVI #',
    'task_name: "2023-06-01" #',
  ],
  [
    'one number of a list leaves the others as they were written',
    (text) => setYamlValue(text, ['inputs', 'bbox'], [-105.35, 39.9, -105.15, 40.1]),
    '39.95, -105.15, 40.10]',
    '39.9, -105.15, 40.10]',
  ],
  [
    'a new key stands where the schema has it',
    (text) => setYamlValue(text, ['inputs', 'collection'], 's2'),
    '/stac\n',
    '/stac\n  collection: s2\n',
  ],
  [
    'a new section stands where the schema has it',
    (text) => setYamlValue(text, ['output_dir'], '/data/outputs/jobs/x'),
    '# short\n',
    '# short\noutput_dir: /data/outputs/jobs/x\n',
  ],
  [
    'what comes first stands below the head of the file',
    (text) => setYamlValue(text, ['version'], 1),
    '# Boulder\n',
    '# Boulder\nversion: 1\n',
  ],
  [
    'a section is made on the way',
    (text) => setYamlValue(text, ['limits', 'timeout_sec'], 60),
    'outputs: {}\n',
    'outputs: {}\nlimits:\n  timeout_sec: 60\n',
  ],
  [
    'empty braces are filled',
    (text) => setYamlValue(text, ['outputs', 'make_report'], true),
    '{}',
    '{make_report: true}',
  ],
  [
    'small mappings stay in line',
    (text) => setYamlValue(text, ['analysis', 'mask'], { band: 'scl', classes: [3, 8] }),
    'band_index\n',
    'band_index\n  mask: {band: scl, classes: [3, 8]}\n',
  ],
  [
    'another kind of input keeps the section and its comments',
    (text) => setYamlValue(text, ['inputs'], { raster: 'a.tif' }),
    '  # the public one\n  stac_api: https://example.org/stac\n  bbox: [-105.35, 39.95, -105.15, 40.10] # degrees\n',
    '  raster: a.tif\n  # the public one\n',
  ],
  [
    'the last key of a section leaves it empty',
    (text) => deleteYamlValue(text, ['analysis', 'type']),
    ':\n  type: band_index',
    ': {}',
  ],
  [
    'deleting takes the line',
    (text) => deleteYamlValue(text, ['inputs', 'bbox']),
    '  bbox: [-105.35, 39.95, -105.15, 40.10] # degrees\n',
    '',
  ],
];

describe('an edit of a task', () => {
  it.each(edits)('%s', (_, edit, before, after) => {
    expect(task).toContain(before);
    expect(edit(task)).toBe(task.replace(before, after));
  });

  it('leaves the text alone when nothing changes', () => {
    expect(setYamlValue(task, ['inputs', 'bbox', 3], 40.1)).toBe(task);
    expect(deleteYamlValue(task, ['limits', 'max_items'])).toBe(task);
  });

  it('begins a file', () => {
    expect(setYamlValue('', ['inputs', 'raster'], 'a.tif')).toBe('inputs:\n  raster: a.tif\n');
    expect(setYamlValue('# later\r\n', ['task_name'], 'x')).toBe('# later\r\ntask_name: x\r\n');
  });

  it('keeps quotes, and a literal block', () => {
    expect(setYamlValue("a: 'x' # c\n", ['a'], "it's")).toBe("a: 'it''s' # c\n");
    expect(setYamlValue('a: "x"\n', ['a'], 'y')).toBe('a: "y"\n');
    expect(setYamlValue('a: |- # c\n  x\n  y\nb: 1\n', ['a'], 'x\nz')).toBe('a: |- # c\n  x\n  z\nb: 1\n');
  });

  it('takes the indentation and the line breaks of the file', () => {
    expect(setYamlValue('a:\r\n    b:\r\n    - 1\r\n', ['c', 'd'], 'e')).toBe(
      'a:\r\n    b:\r\n    - 1\r\nc:\r\n    d: e\r\n',
    );
    expect(insertYamlItem('a:\n- 1 # one', ['a'], 1, 2)).toBe('a:\n- 1 # one\n- 2');
  });

  it('edits lists over lines, with their comments', () => {
    const list = 'a: [\n  1, # one\n  2, # two\n  3 # three\n]\n';
    expect(moveYamlItem(list, ['a'], 2, 0)).toBe('a: [\n  3, # three\n  1, # one\n  2 # two\n]\n');
    expect(deleteYamlValue(list, ['a', 1])).toBe('a: [\n  1, # one\n  3 # three\n]\n');
    expect(insertYamlItem(list, ['a'], 3, 4)).toBe('a: [\n  1, # one\n  2, # two\n  3, # three\n  4\n]\n');
    const block = 'a:\n- 1 # one\n# of two\n- 2\n';
    expect(moveYamlItem(block, ['a'], 1, 0)).toBe('a:\n# of two\n- 2\n- 1 # one\n');
  });

  it('writes an alias out where it is edited', () => {
    const shared = 'a: &x {b: 1} # first\nc: *x # second\n';
    expect(setYamlValue(shared, ['c', 'b'], 2)).toBe('a: &x {b: 1} # first\nc: {b: 2} # second\n');
    expect(() => setYamlValue(shared, ['a', 'b'], 2)).toThrow(
      expect.objectContaining({ code: 'conflict', message: expect.stringContaining('&x') }),
    );
    expect(() => deleteYamlValue(shared, ['a'])).toThrow(expect.objectContaining({ code: 'conflict' }));
  });

  it('refuses what it cannot read, and what a task cannot hold', () => {
    expect(() => setYamlValue('a: [1\n', ['a'], 1)).toThrow(expect.objectContaining({ code: 'invalid_task' }));
    expect(() => setYamlValue('a: 1\n', ['a'], Number.NaN)).toThrow(expect.objectContaining({ code: 'invalid_task' }));
    expect(() => setYamlValue('a: 1\n', ['a', 'b'], 1)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(() => insertYamlItem('a: [1]\n', ['a'], 3, 1)).toThrow(expect.objectContaining({ code: 'conflict' }));
  });
});
