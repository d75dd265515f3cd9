import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTask, readTask } from '../../src-shared/task/read-task.ts';
import { taskJsonSchema } from '../../src-shared/task/json-schema.ts';

const seed = `task_name: example_stac_ndvi
output_dir: /data/outputs/jobs/example_stac_ndvi
inputs:
  stac_api: https://earth-search.aws.element84.com/v1
  collection: sentinel-2-l2a
  bbox: [-105.35, 39.95, -105.15, 40.10]
  datetime: "2023-06-01/2023-08-31"
  max_items: 5
analysis:
  type: stac_preview
  bands: [red, nir]
outputs:
  make_quicklook: true
  make_report: true
  make_metadata_json: true
`;

const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x,x]',
  'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]',
  'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]',
  'd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
  'inputs: {bbox: [*d,*d,*d,*d,*d,*d]}',
].join('\n');

/** what is wrong, the text, then what the first problem must say and where (line, column) */
const refused: readonly [what: string, text: string, message: RegExp, line?: number, column?: number][] = [
  ['nothing', '', /empty/, 1, 1],
  ['a comment only', '# later\n', /empty/],
  ['a list', '[1]', /mapping/, 1, 1],
  ['a scalar', 'hello', /mapping/, 1, 1],
  ['missing fields', 'task_name: x\n', /is required/],
  ['an unknown field', seed.replace('bands:', 'band:'), /is required/, 10],
  ['a misspelt top-level field', seed.replace('task_name', 'task_nam'), /required/],
  ['a command', `${seed}command: rm -rf /\n`, /"command" is not allowed: a task names an analysis/, 16, 1],
  ['a shell inside the analysis', seed.replace('type:', 'shell: "true"\n  type:'), /"shell" is not allowed/, 10, 3],
  ['args', `${seed}args: [a]\n`, /"args" is not allowed/, 16, 1],
  ['a script', `${seed}script: a.py\n`, /"script" is not allowed/, 16, 1],
  ['an unknown analysis', seed.replace('stac_preview', 'delete_everything'), /must be one of: raster_summary/, 10, 9],
  [
    'a path out of the root',
    seed.replace('jobs/example', 'jobs/../../../elsewhere/example'),
    /under \/data\/outputs\/jobs\//,
    2,
  ],
  ['an output_dir that is a number', seed.replace(/output_dir: .*/, 'output_dir: 42'), /must be text/, 2, 13],
  ['an output_dir that is the root', seed.replace('jobs/example_stac_ndvi', 'jobs/'), /must be a folder under/, 2],
  ['NaN', seed.replace('39.95', '.nan'), /NaN and infinity are refused/, 6, 19],
  ['infinity', seed.replace('39.95', '-.inf'), /NaN and infinity are refused/, 6, 19],
  ['a bbox of junk', seed.replace('[-105.35, 39.95, -105.15, 40.10]', '[999, foo, -1]'), /./, 6],
  ['a bbox upside down', seed.replace('39.95', '41'), /south < north/, 6],
  ['an impossible date', seed.replace('"2023-06-01/2023-08-31"', '2023-02-31'), /must be a date/, 7],
  ['an interval that runs backwards', seed.replace('2023-06-01/', '2024-06-01/'), /start before end/, 7],
  ['max_items too large', seed.replace('max_items: 5', 'max_items: 999999999'), /10000/, 8],
  [
    'a whole number too long to keep',
    seed.replace('max_items: 5', 'max_items: 99999999999999999999'),
    /kept exactly/,
    8,
  ],
  ['a quoted boolean', seed.replace('make_report: true', 'make_report: "no"'), /must be true or false, not "no"/, 14],
  ['metadata switched off', seed.replace('json: true', 'json: false'), /always written/, 15],
  ['inputs: null', seed.replace(/inputs:[^]*analysis:/, 'inputs:\nanalysis:'), /must have one of/, 3],
  ['inputs of no kind', seed.replace('stac_api:', 'stac_apo:'), /must have one of: stac_api/, 4],
  [
    'file:///etc/passwd',
    seed.replace('https://earth-search.aws.element84.com/v1', 'file:///etc/passwd'),
    /http\(s\) address/,
    4,
  ],
  ['a key in clear', seed.replace('max_items: 5', 'max_items: 5\n  api_key: sk-SECRET123456'), /./, 9],
  ['a password in an address', seed.replace('https://', 'https://user:hunter2@'), /looks like a secret/, 4],
  ['a signed address', seed.replace('/v1', '/v1?sig=abcdef'), /looks like a secret/, 4],
  ['a duplicate key', `${seed}task_name: again\n`, /unique/, 16],
  ['two documents', `${seed}---\na: 1\n`, /more than one YAML document/],
  ['a syntax error', 'a: {b: [}', /not valid YAML/, 1],
  ['a tab', 'a:\n\tb: 1\n', /not valid YAML/],
  ['a tag', 'a: !!python/object:os.system x', /Tags such as/, 1, 4],
  ['a harmless tag', `task_name: !!str x`, /Tags such as/, 1, 12],
  ['a number as key', '1: 2', /Keys must be plain text/, 1, 1],
  ['__proto__', '__proto__: {a: 1}', /not allowed/, 1, 1],
  ['deep brackets', '['.repeat(3_000), /nested more than 20 levels/, 1],
  ['deep dashes', '- '.repeat(3_000), /nested more than 20 levels/, 1],
  ['an alias bomb', bomb, /aliases expand too far/],
  ['a circular alias', 'a: &a [*a]', /./],
  ['12 MB', 'x'.repeat(12_000_000), /larger than 64 KiB/],
  ['metres for degrees', `${seed}grid: {crs: "EPSG:4326", resolution: 80}\n`, /is in degrees for EPSG:4326/, 16],
  [
    'latitude before longitude',
    seed.replace('[-105.35, 39.95, -105.15, 40.10]', '[39.95, -105.35, 40.10, -105.15]'),
    /order is west, south, east, north/,
    6,
  ],
  ['an index for an analysis', seed.replace('stac_preview', 'ndvi'), /did you mean band_index with index: ndvi/, 10],
  ['a misspelt analysis', seed.replace('stac_preview', 'stac_previw'), /did you mean stac_preview/, 10],
  [
    'a resolution with its unit',
    `${seed}grid: {crs: "EPSG:32613", resolution: 80m}\n`,
    /must be a number or a list/,
    16,
  ],
  [
    'a colon in a name',
    seed.replace('example_stac_ndvi', 'Boulder: summer'),
    /Put text that holds a colon in quotes/,
    1,
  ],
  [
    'more than 100 aliases',
    `a: &a x\nb: &b y\nlist: [${'*a, '.repeat(60)}${'*b, '.repeat(60)}]\n`,
    /more than 100 aliases/,
  ],
  [
    'a long list used fifty times',
    `x: &a [${'sk-aaaaaaaa, '.repeat(1_500)}]\ny: [${'*a, '.repeat(50)}]\n`,
    /expand too far/,
  ],
  ['7,000 unknown fields', Array.from({ length: 7_000 }, (_, n) => `k${n}: 1`).join('\n'), /There are more problems/],
  ['an impossible date-time', seed.replace('"2023-06-01/2023-08-31"', '2023-02-31T00:00:00Z'), /must be a date/, 7],
  [
    'an open ring',
    seed.replace('max_items: 5', 'aoi: {type: Polygon, coordinates: [[[0,0],[0,1],[1,1],[1,0]]]}'),
    /must be closed/,
    8,
  ],
  ['a quoted version', `${seed}version: "1"\n`, /must be 1 without quotes/, 16],
  [
    'a secret for a secret’s name',
    `${seed}secrets: {API_KEY: {secret: AKIAIOSFODNN7EXAMPLE}}\n`,
    /looks like a secret/,
    16,
  ],
  ['a token in an address', seed.replace('https://', 'https://abcdef123@'), /looks like a secret/, 4],
  [
    'a service on the host',
    seed
      .replace(/type: stac_preview\n {2}bands: .*/, 'type: service\n  image: a\n  argv: [a]')
      .concat('backend: process\n'),
    /never runs on the host/,
  ],
  [
    'a raster for a composite',
    seed.replace(
      /inputs:[^]*analysis:[^]*outputs:/,
      'inputs: {raster: a.tif}\nanalysis: {type: composite, method: mean, bands: [red]}\noutputs:',
    ),
    /does not read "raster"/,
    3,
  ],
];

describe('readTask', () => {
  it('takes the seed’s example as it is', () => {
    const { task, problems } = readTask(seed);
    expect(problems).toEqual([]);
    expect(task).toMatchObject({
      task_name: 'example_stac_ndvi',
      version: 1,
      backend: 'auto',
      inputs: { max_items: 5 },
      analysis: { bands: ['red', 'nir'] },
    });
  });

  it('keeps a bare date as the text it was', () => {
    const { task } = readTask(seed.replace('"2023-06-01/2023-08-31"', '2023-06-01'));
    expect(task?.inputs).toMatchObject({ datetime: '2023-06-01' });
  });

  it.each(refused)('refuses %s', (_what, text, message, line, column) => {
    const started = performance.now();
    const { task, problems } = readTask(text);
    expect(task).toBeNull();
    expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
    if (line !== undefined) expect(problems.map((problem) => problem.line)).toContain(line);
    if (column !== undefined) expect(problems.map((problem) => problem.column)).toContain(column);
    // A hang, not a speed: the worst of these took minutes in other programs.
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('names the nearest known field at every level', () => {
    const text = seed
      .replace('bands:', 'band:')
      .replace('make_report', 'make_reprot')
      .replace('collection', 'colection')
      .concat('limitz: {}\n');
    const said = readTask(text).problems.map(({ path, message }) => `${path}: ${message}`);
    expect(said).toContain('analysis.band: unknown field; did you mean bands?');
    expect(said).toContain('outputs.make_reprot: unknown field; did you mean make_report?');
    expect(said).toContain('inputs.colection: unknown field; did you mean collection?');
    expect(said).toContain('limitz: unknown field; did you mean limits?');
  });

  it('reports every problem of a file at once, in the order of its lines', () => {
    const lines = readTask(
      'task_name: 3\noutput_dir: /x\ninputs: {raster: a.tif}\nanalysis: {type: raster_summary, bands: [0]}\noutputs: {}\n',
    ).problems.map(({ line }) => line);
    expect(lines).toEqual([1, 2, 4]);
  });

  it('refuses bytes that are not UTF-8, and keeps a byte order mark', () => {
    expect(() => decodeTask(Uint8Array.from([0xff, 0xfe, 0x61]))).toThrow(/UTF-8/);
    const text = decodeTask(Uint8Array.from([0xef, 0xbb, 0xbf, ...Buffer.from(seed)]));
    expect(Buffer.from(text)).toHaveLength(Buffer.byteLength(seed) + 3);
    expect(readTask(text).problems).toEqual([]);
  });

  it('never throws and never hangs, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      '!!x ',
      '"',
      "'",
      '|',
      '>',
      '#',
      '?',
      ',',
      '---\n',
      '\t',
      '\u0000',
      'task_name: ',
      '1e999',
      '0x',
      '<<',
      '%',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const { task, problems } = readTask(pieces.join(''));
        return task === null && problems.length > 0 && problems.every(({ message }) => message !== '');
      }),
      { numRuns: 3_000 },
    );
  });

  it('survives any edit of a valid file: a task or problems, never both', () => {
    fc.assert(
      fc.property(fc.nat(seed.length), fc.nat(12), fc.string({ maxLength: 6 }), (at, cut, insert) => {
        const { task, problems } = readTask(seed.slice(0, at) + insert + seed.slice(at + cut));
        return (task === null) === problems.length > 0;
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('resources/task.schema.json', () => {
  it('is what the schema gives (node scripts/make-task-schema.ts writes it)', () => {
    const file = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../resources/task.schema.json'), 'utf8'),
    ) as unknown;
    expect(file).toEqual(taskJsonSchema());
  });

  it('describes the fields a person sees', () => {
    expect(JSON.stringify(taskJsonSchema())).toContain('Normalised difference index');
  });
});
