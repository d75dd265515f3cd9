import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DoctorReport } from '../../src-shared/api/doctor.ts';
import { Job } from '../../src-shared/job.ts';
import { cli, workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';

const seedExample = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks/example_stac_preview.yaml');

describe('doctor', () => {
  it('tells what is there and what to do about the rest, and never fails for what is missing', async () => {
    const root = workspace();
    const { code, stdout, stderr } = await cli(['doctor', '--data-root', root.path]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^This machine\n {2}ok +Engine +Engine \d+\.\d+\.\d+ answers, on Node 24\./);
    expect(stdout).toContain(`Folder: ${root.path}`);
    expect(stdout).toMatch(/^Plain process: tasks can run here$/m);
    expect(stdout).toMatch(/^Docker: tasks cannot run here$/m);
    expect(stdout).toMatch(/what to do: /);
    expect(stdout).not.toMatch(/kubernetes|skypilot/i);
  });

  it('answers as JSON', async () => {
    const root = workspace();
    const { code, stdout } = await cli(['doctor', '--json', '--data-root', root.path]);
    expect(code).toBe(0);
    const report = DoctorReport.parse(JSON.parse(stdout));
    expect(report.backends.map(({ id, available }) => [id, available])).toEqual(
      expect.arrayContaining([
        ['process', true],
        ['docker', false],
      ]),
    );
  });

  it('makes no workspace of a misspelt path', async () => {
    const path = join(tempFolder(), 'absent');
    expect(await cli(['doctor', '--data-root', path])).toMatchObject({ code: 65 });
    expect(existsSync(path)).toBe(false);
  });
});

describe('jobs JOB', () => {
  it('shows where it ran, and every wall as asked for and as it was had', async () => {
    const at = ['--data-root', workspace().path];
    const run = await cli(['run', seedExample, '--offline', '--backend', 'process', ...at]);
    expect(run.code).toBe(0);
    const id = /job +(\S+)/.exec(run.stdout)?.[1] ?? '';
    const { isolation } = Job.parse(JSON.parse((await cli(['jobs', id, '--json', ...at])).stdout)).result!;
    expect(isolation!.walls.length).toBeGreaterThan(5);
    const { code, stdout } = await cli(['jobs', id, ...at]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/isolation ran as a process of this machine.*; walls: \d+ /);
    const lines = stdout.split('\n').map((line) => line.trim());
    for (const { title, verdict, asked, had } of isolation!.walls) {
      const shown = lines.find((line) => line.startsWith(verdict) && line.includes(`  ${title} `));
      expect(shown, title).toContain(`asked: ${asked ?? 'nothing'}; had: ${had ?? 'not measured'}`);
    }
  });
});
