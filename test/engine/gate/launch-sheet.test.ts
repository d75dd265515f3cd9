import { describe, expect, it } from 'vitest';
import type { Availability, Backend } from '../../../src-main/engine/backends/backend.ts';
import { LaunchSheets } from '../../../src-main/engine/gate/launch-sheet.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import { resolveSettings } from '../../../src-shared/settings.ts';
import { bench, never, taskOf } from './bench.ts';

const settings = resolveSettings({ env: {}, app: {}, workspace: {} }).values;
const here = (id: BackendId) => ({ id, plan: () => ({ on: id }) }) as unknown as Backend;

function sheets(more: { isWalled?: boolean; admit?: () => Promise<void> } = {}) {
  const b = bench();
  const backends = new Map<BackendId, Backend>([
    ['process', here('process')],
    ['docker', here('docker')],
    ['skypilot', b.rental],
  ]);
  const { isWalled = true, admit = () => Promise.resolve() } = more;
  const made = new LaunchSheets({ backends, settings, offers: b.at().offers, isWalled: () => isWalled, admit });
  const available = new Map<BackendId, Availability>([
    ['process', { available: true }],
    ['docker', { available: false, reason: 'Docker sleeps.', remedy: 'Wake it.' }],
    ['skypilot', { available: true }],
  ]);
  const ask = { ...taskOf(3_600), inputs: [], offline: false, asked: undefined, candidate: undefined };
  return { ...b, made, available, ask };
}

describe('the launch sheet', () => {
  it('shows all four side by side, and says why one can’t be had and what to do', async () => {
    const { made, available, ask } = sheets();
    const { options, routed, refusal } = await made.sheet(ask, available, never);
    expect(options.map(({ backend }) => backend)).toEqual(['process', 'docker', 'kubernetes', 'skypilot']);
    const [process, docker, kubernetes, skypilot] = options;
    expect(process).toMatchObject({ refused: null, offer: { verdict: { kind: 'free' }, candidates: [] } });
    expect(process?.offer?.plan?.launch).toEqual({ on: 'process' });
    expect(docker).toMatchObject({ refused: { message: 'Docker sleeps.', remedy: 'Wake it.' }, offer: null });
    expect(kubernetes?.refused).toMatchObject({ code: 'backend_unavailable', retryable: false });
    expect(skypilot).toMatchObject({ offer: { verdict: { kind: 'click' } }, leaving: { place: 'here, here-1' } });
    // Nothing falls back by itself: the router says what it would do, and what it won’t.
    expect(routed).toBeNull();
    expect(refusal?.remedy).toContain('--backend process');
    const asked = await made.sheet({ ...ask, asked: 'skypilot' }, available, never);
    expect(asked.routed).toEqual({ backend: 'skypilot', reason: 'it was asked for' });
  });

  it('tells what isolation there is, and what a task may not do where', async () => {
    const { made, available, ask } = sheets({ isWalled: false });
    expect((await made.sheet(ask, available, never)).options[0]?.isolation).toMatch(/^none/);
    const walled = sheets();
    const { task, taskSha256 } = taskOf(3_600, 'mode: cluster\ncluster_name: ours\nbackend: skypilot');
    const shown = await walled.made.sheet({ ...walled.ask, task, taskSha256 }, walled.available, never);
    expect(shown.options[0]).toMatchObject({ refused: { code: 'denied' }, isolation: /sandbox/ as unknown as string });
  });

  it('plans machines that are named where they mean something, and keeps nothing', async () => {
    const { made, available, ask, at } = sheets();
    const { options } = await made.sheet({ ...ask, asked: 'skypilot', candidate: 'large' }, available, never);
    expect(options[3]?.offer?.plan?.candidate?.id).toBe('large');
    expect(options[0]?.offer?.plan?.candidate).toBeNull();
    const other = await made.sheet({ ...ask, asked: 'process', candidate: 'large' }, available, never);
    expect(other.options[3]?.offer?.plan?.candidate?.id).toBe('small');
    expect([at().approvals.lines, at().ledger.lines]).toEqual([0, 0]);
  });

  it('says what the workspace lacks', async () => {
    const admit = () => Promise.reject(new AppError('not_found', 'The secret t is not stored.'));
    const { made, available, ask } = sheets({ admit });
    expect((await made.sheet(ask, available, never)).options[0]?.refused).toMatchObject({ code: 'not_found' });
  });
});
