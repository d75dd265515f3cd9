import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DoctorReport } from '../../src-shared/api/doctor.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { BackendId } from '../../src-shared/job.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import type { Backend } from '../../src-main/engine/backends/backend.ts';
import type { DoctorParts } from '../../src-main/engine/doctor/doctor.ts';
import { makeDoctor } from '../../src-main/engine/doctor/doctor.ts';
import { within } from '../../src-main/engine/doctor/within.ts';
import { tempFolder } from '../helpers/temp.ts';

type Parts = Pick<Backend, 'check' | 'report'>;
const forever = () => new Promise<never>(() => undefined);

/** A back end of which only these two are asked. */
function backend(id: BackendId, parts: Parts): Backend {
  const unasked = () => {
    throw new Error('Doctor starts nothing.');
  };
  return {
    id,
    plan: unasked,
    submit: unasked,
    find: unasked,
    watch: unasked,
    cancel: unasked,
    cleanup: unasked,
    ...parts,
  };
}

/** So long that an answer that comes at all comes in time. */
function look(backends: readonly Backend[], more: Partial<DoctorParts> = {}) {
  return makeDoctor({
    root: openDataRoot(join(tempFolder(), 'root')),
    backends: new Map(backends.map((one) => [one.id, one])),
    engine: { workerVersion: '1.2.3', maxRunning: 3 },
    keychain: () => Promise.resolve({ store: 'keychain', warning: null }),
    limitMs: 20_000,
    ...more,
  });
}

const works: Parts = {
  check: () => Promise.resolve({ available: true }),
  report: () =>
    Promise.resolve([{ id: 'walls', title: 'Walls', level: 'ok', found: 'They stand.', remedy: null, facts: [] }]),
};

describe('Doctor', () => {
  it('tells of the machine and of each back end, in the form of the contract', async () => {
    const report = await look([backend('process', works)])(AbortSignal.timeout(30_000));
    expect(DoctorReport.parse(report)).toEqual(report);
    expect(report.machine.map(({ id, level }) => `${id}: ${level}`)).toEqual([
      'engine: ok',
      expect.stringMatching(/^workspace: (ok|limited)$/),
      'memory: ok',
      'processors: ok',
      'keychain: ok',
    ]);
    expect(report.machine[0]?.found).toContain(`Node ${process.versions.node}`);
    expect(report.machine[1]?.found).toMatch(/^The disk has [\d.]+ \w?B free of [\d.]+ \w?B\.$/);
    expect(report.machine[3]?.found).toContain('up to 3 local jobs run at once');
    expect(report.backends).toMatchObject([{ id: 'process', title: 'Plain process', available: true }]);
  });

  it('is not held up by a back end that hangs, fails or has nothing to say', async () => {
    const refused = new AppError('backend_unavailable', 'The socket refuses.', { remedy: 'Start it.' });
    const report = await look(
      [
        backend('docker', { check: forever, report: forever }),
        backend('kubernetes', { check: () => Promise.reject(refused), report: () => Promise.reject(refused) }),
        backend('process', {
          check: () => Promise.resolve({ available: false, reason: 'It is not built.', remedy: 'Build it.' }),
          report: () => Promise.resolve([]),
        }),
      ],
      { limitMs: 300 },
    )(AbortSignal.timeout(30_000));
    expect(report.machine).toHaveLength(5);
    expect(report.backends).toMatchObject([
      {
        id: 'docker',
        available: false,
        checks: [
          {
            level: 'missing',
            found: 'Docker did not answer within 0.3 s.',
            remedy: 'See whether Docker hangs, and start it anew.',
          },
        ],
      },
      {
        id: 'kubernetes',
        available: false,
        checks: [{ level: 'missing', found: 'The socket refuses.', remedy: 'Start it.' }],
      },
      {
        id: 'process',
        available: false,
        checks: [{ level: 'missing', found: 'It is not built.', remedy: 'Build it.' }],
      },
    ]);
  });

  it('says what a store without a keychain, a broken one, and a lost workspace mean', async () => {
    const root = openDataRoot(join(tempFolder(), 'root'));
    rmSync(root.path, { recursive: true });
    writeFileSync(root.path, 'in the way');
    const file = await look([], {
      root,
      keychain: () => Promise.resolve({ store: 'file', warning: 'Values lie in a file.' }),
    })(AbortSignal.timeout(30_000));
    expect(file.machine[1]).toMatchObject({
      level: 'missing',
      found: expect.stringContaining('cannot be used') as string,
    });
    expect(file.machine[1]?.remedy).not.toBeNull();
    expect(file.machine[4]).toMatchObject({ level: 'limited', found: 'Values lie in a file.' });
    const broken = await look([], { keychain: () => Promise.reject(new Error('it is torn')) })(
      AbortSignal.timeout(30_000),
    );
    expect(broken.machine[4]).toMatchObject({
      level: 'missing',
      found: expect.stringContaining('it is torn') as string,
    });
    const hanging = await look([], { keychain: forever, limitMs: 300 })(AbortSignal.timeout(30_000));
    expect(hanging.machine[4]).toMatchObject({ level: 'missing', found: 'Keychain did not answer within 0.3 s.' });
  });

  it('ends with its caller', async () => {
    const caller = new AbortController();
    const answer = look([backend('docker', { check: forever, report: forever })], { limitMs: 60_000 })(caller.signal);
    caller.abort(new Error('the window went away'));
    await expect(answer).rejects.toThrow('the window went away');
  });
});

describe('within', () => {
  it('gives the answer, tells the asked when time is up, and leaves no timer', async () => {
    const caller = new AbortController();
    await expect(within('It', 60_000, caller.signal, () => Promise.resolve(7))).resolves.toBe(7);
    let heard: unknown = null;
    const asked = within('It', 50, caller.signal, async (signal) => {
      signal.addEventListener('abort', () => {
        heard = signal.reason;
      });
      await forever();
    });
    await expect(asked).rejects.toThrow('It did not answer within 0.05 s.');
    expect(heard).toMatchObject({ code: 'timed_out' });
  });
});
