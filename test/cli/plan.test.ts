import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Preflight } from '../../src-shared/api/plans.ts';
import { findExamples } from '../../src-main/engine/library/examples.ts';
import { cli, workspace } from '../helpers/programs.ts';

const examples = findExamples({}) ?? '';
const example = join(examples, 'example_band_index.yaml');

describe('transect plan', () => {
  it('prints what a task would read, need and take', { timeout: 120_000 }, async () => {
    const root = workspace();
    const common = ['--offline', '--backend', 'process', '--data-root', root.path];
    const text = await cli(['plan', example, ...common]);
    expect(text.code, text.stderr).toBe(0);
    expect(text.stdout).toMatch(/^ {2}items {5}8$/m);
    expect(text.stdout).toMatch(/^ {2}reads {5}[\d.]+ MB in \d+ requests$/m);
    expect(text.stdout).toMatch(/^ {2}licence {3}proprietary \(sentinel-2-l2a\)$/m);
    expect(text.stdout).toMatch(/nothing was run\.$/m);
    const json = await cli(['plan', example, ...common, '--json']);
    expect(Preflight.parse(JSON.parse(json.stdout)).plan.items).toBe(8);
  });

  it('says which limit a run would exceed, and ends with 78', { timeout: 120_000 }, async () => {
    const root = workspace();
    const small = join(root.path, 'small.yaml');
    writeFileSync(small, readFileSync(example, 'utf8').replace('max_read_bytes: 50000000', 'max_read_bytes: 1300000'));
    const run = await cli(['plan', small, '--offline', '--backend', 'process', '--data-root', root.path]);
    expect(run.stdout).toMatch(/OVER +limits\.max_read_bytes allows 1,300,000/);
    expect(run.code).toBe(78);
    const wrong = join(root.path, 'wrong.yaml');
    writeFileSync(wrong, 'task_name: x\n');
    expect((await cli(['plan', wrong, '--data-root', root.path])).code).toBe(64);
  });
});
