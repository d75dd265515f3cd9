import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src-main/engine/backends/backend.ts';
import { ActiveRun } from '../../src-main/engine/jobs/active-run.ts';
import { cancelled } from '../../src-main/engine/jobs/outcome.ts';
import { folderSize } from '../../src-main/engine/jobs/watch/folder-size.ts';
import { Silence } from '../../src-main/engine/jobs/watch/silence.ts';
import { AppError } from '../../src-shared/errors.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import { tempFolder } from '../helpers/temp.ts';

const jobId = makeJobId('watched', new Date('2026-01-02T03:04:05Z'), Uint8Array.from([0, 1, 2, 3, 4, 5]));

describe('Silence', () => {
  it('grows while nothing changes, and ends with every change', () => {
    let now = 0;
    const silence = new Silence(2_000, () => now);
    const heard = ['a', 'a', 'a', 'b', null, null].map((seen) => {
      now += 2_000;
      return silence.tick(seen);
    });
    expect(heard).toEqual([0, 2_000, 4_000, 0, 2_000, 4_000]);
  });

  it('does not count the time in which the observer itself stood still', () => {
    let now = 0;
    const silence = new Silence(2_000, () => now);
    now += 2_000;
    silence.tick('a');
    now += 8 * 3_600_000;
    expect(silence.tick('a')).toBe(0);
    now += 2_000;
    expect(silence.tick('a')).toBe(2_000);
  });
});

describe('folderSize', () => {
  it('counts entries and what they take, follows no link, and stops at its limit', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'maps/deep'), { recursive: true });
    writeFileSync(join(folder, 'maps/deep/a'), Buffer.alloc(100_000, 1));
    symlinkSync('/usr', join(folder, 'usr'));
    const { files, bytes, cut } = await folderSize(folder, 100);
    expect({ files, cut }).toEqual({ files: 4, cut: false });
    expect(bytes).toBeGreaterThanOrEqual(100_000);
    expect(bytes).toBeLessThan(1_000_000);
    expect(await folderSize(folder, 3)).toMatchObject({ files: 4, cut: true });
    expect(await folderSize(join(folder, 'gone'), 3)).toEqual({ files: 0, bytes: 0, cut: false });
  });
});

/** A back end of which only the order to end is asked. */
function heldBackend(cancel: Backend['cancel']): Backend {
  const unused = () => Promise.reject(new Error('not asked here'));
  return {
    id: 'docker',
    check: unused,
    plan: () => ({}),
    submit: unused,
    find: unused,
    watch: unused,
    cancel,
    cleanup: unused,
    report: unused,
  };
}

function activeOn(backend: Backend, patienceMs: number): ActiveRun {
  const { signal } = new AbortController();
  return new ActiveRun({ jobId, backend, log: pino({ enabled: false }), stop: signal, patienceMs });
}

describe('a run that is to end', () => {
  const away = () => Promise.reject(new AppError('backend_unavailable', 'nobody answers'));

  it('is given up when its back end stays away, with a reason that says so', async () => {
    const run = activeOn(heldBackend(away), 1);
    run.started({ container: 'x' });
    await run.end(cancelled());
    expect(run.givenUp.aborted).toBe(true);
    expect(run.givenUp.reason).toMatchObject({ code: 'backend_unavailable', retryable: false });
    expect((run.givenUp.reason as AppError).message).toContain('nobody can say what became of it');
  });

  it('is asked once more when the first order does not get through', async () => {
    let asked = 0;
    const run = activeOn(
      heldBackend(() => {
        asked += 1;
        if (asked === 1) return away();
        run.over();
        return Promise.resolve();
      }),
      600_000,
    );
    run.started({ container: 'x' });
    void run.end(cancelled());
    await expect.poll(() => asked, { timeout: 20_000 }).toBe(2);
    expect(run.givenUp.aborted).toBe(false);
  });

  it('keeps the first reason, and breaks off what comes before its start', async () => {
    const run = activeOn(heldBackend(away), 600_000);
    const first = cancelled();
    void run.end(first);
    void run.end(cancelled());
    expect(run.intent).toBe(first);
    expect(run.unwanted.reason).toBe(first.error);
    run.over();
    await Promise.resolve();
  });

  it('is looked for until the back end answers, and not for ever once it is not wanted', async () => {
    let asked = 0;
    const run = activeOn(heldBackend(away), 1);
    const found = run.patiently(() => {
      asked += 1;
      return asked < 2 ? away() : Promise.resolve('found');
    });
    await expect(found).resolves.toBe('found');
    void run.end(cancelled());
    await expect(run.patiently(away)).rejects.toMatchObject({ code: 'backend_unavailable', retryable: false });
    expect(run.givenUp.aborted).toBe(true);
  });
});
