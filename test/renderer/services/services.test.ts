import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { KnownService } from '../../../src-shared/api/services.ts';
import { ServiceEntry } from '../../../src-shared/services.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { isEngineAway, needsWords, presenceWords, shortDigest } from '../../../src-renderer/services/service-words.ts';
import { exampleArgv, taskTextOf } from '../../../src-renderer/services/task-text.ts';

const file = resolve(import.meta.dirname, '../../../resources/services.yaml');
const catalogue = z.object({ services: z.array(ServiceEntry) }).parse(parse(readFileSync(file, 'utf8'))).services;

const entry = (more: Record<string, unknown> = {}): ServiceEntry =>
  ServiceEntry.parse({ name: 'tool', description: 'A tool', image: 'example.org/tool:1', runtime: 'python3', ...more });

describe('a task made of a service', () => {
  it.each(catalogue.map((one) => [one.name, one] as const))(
    '%s is valid, but for the case folder that only a person can name',
    (name, one) => {
      const text = taskTextOf(one);
      expect(readTask(text).problems.map(({ path }) => path)).toEqual(['inputs.folder']);
      const { task, problems } = readTask(text.replace('folder: ""', 'folder: cases/first'));
      expect(problems).toEqual([]);
      expect(task).toMatchObject({
        task_name: name,
        backend: 'docker',
        analysis: { type: 'service', service: name, argv: exampleArgv(one) },
        limits: { memory_mb: one.resources.min_memory_gb * 1_024 },
      });
    },
  );

  it('takes the example word for word, and a line as one for a shell', () => {
    expect(exampleArgv(entry({ example: '["python3", "/inputs/a b.py"]' }))).toEqual(['python3', '/inputs/a b.py']);
    expect(exampleArgv(entry({ example: 'make && cp a /outputs/' }))).toEqual([
      'bash',
      '-lc',
      'make && cp a /outputs/',
    ]);
    expect(exampleArgv(entry({ example: '[]' }))).toEqual(['python3', '--version']);
    expect(exampleArgv(entry())).toEqual(['python3', '--version']);
  });

  it('stays one valid task whatever the catalogue says', () => {
    const hostile = entry({
      name: '1.0',
      description: 'Line one\nbackend: process # ',
      example: JSON.stringify(['a: b', '- "quoted"\n  - injected', '#', 'null', '']),
    });
    const { task, problems } = readTask(taskTextOf(hostile).replace('folder: ""', 'folder: c'));
    expect(problems).toEqual([]);
    expect(task?.backend).toBe('docker');
    expect(task?.analysis).toMatchObject({ service: '1.0', argv: exampleArgv(hostile) });
  });
});

describe('the words about services', () => {
  const known = (present: boolean | null, bytes: number | null): KnownService => ({
    entry: entry(),
    pinned: null,
    present,
    bytes,
  });

  it('say what is here, and nothing where nobody knows', () => {
    expect(presenceWords(known(null, null))).toBeNull();
    expect(presenceWords(known(false, null))).toBe('Not fetched');
    expect(presenceWords(known(true, 1_234_000_000))).toBe('On this machine, 1.2 GB');
    expect(isEngineAway([known(null, null), known(null, null)])).toBe(true);
    expect(isEngineAway([known(null, null), known(false, null)])).toBe(false);
    expect(isEngineAway([])).toBe(false);
  });

  it('say what a service needs', () => {
    expect(needsWords(entry())).toBe('2 processors and 4 GiB of memory, 8 GiB recommended');
    const gpu = { min_cpus: 1, min_memory_gb: 8, recommended_memory_gb: 8, gpu_required: true };
    expect(needsWords(entry({ resources: gpu }))).toBe('1 processor and 8 GiB of memory, and a GPU');
  });

  it('shorten a digest to what tells it apart', () => {
    expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('abababababab');
  });
});
