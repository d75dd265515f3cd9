import { describe, expect, it } from 'vitest';
import type { LaunchSheet } from '../../../src-shared/api/gate.ts';
import type { Verdict } from '../../../src-shared/gate/proposal.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { agreedTo, chosenBackend, noChoice, whyNot, withReplanned } from '../../../src-renderer/tasks/launch/choice.ts';
import { sheetButton } from '../../../src-renderer/tasks/launch/sheet-button.ts';
import { candidateOf, offerOf, optionOf, planOf, sha } from '../approvals/support.ts';

const free: Verdict = { kind: 'free' };
const click: Verdict = { kind: 'click' };
const closed: Verdict = {
  kind: 'closed',
  error: { code: 'gate_closed', message: 'Over the cap.', remedy: 'Raise it.', retryable: false },
};
const sheet: LaunchSheet = {
  routed: { backend: 'docker', reason: 'it is small enough' },
  refusal: null,
  options: [
    optionOf('docker', offerOf(planOf('docker', 0), free)),
    optionOf('skypilot', offerOf(planOf('skypilot', 3.2), click)),
  ],
};

function taskOf(more: string) {
  const { task, problems } = readTask(
    `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {raster: a.tif}\nanalysis: {type: raster_summary}\noutputs: {}\n${more}`,
  );
  expect(problems).toEqual([]);
  return task!;
}

describe('what is chosen in the launch sheet', () => {
  it('is the router’s choice until a person chooses, and nothing where it refuses', () => {
    expect(chosenBackend(undefined, noChoice)).toBeNull();
    expect(chosenBackend(sheet, noChoice)).toBe('docker');
    expect(chosenBackend(sheet, { ...noChoice, backend: 'skypilot' })).toBe('skypilot');
    expect(chosenBackend({ ...sheet, routed: null }, noChoice)).toBeNull();
  });

  it('shows the new plan of the chosen place only, and leaves the others as they are', () => {
    const again = { ...sheet, options: sheet.options.map((one) => ({ ...one, title: 'again' })) };
    const shown = withReplanned(sheet, again, 'skypilot');
    expect(shown.options.map(({ title }) => title)).toEqual(['docker', 'again']);
    expect(withReplanned(sheet, undefined, 'skypilot')).toBe(sheet);
  });

  it('agrees to a plan only where something needs to be agreed to', () => {
    expect(agreedTo(null)).toBeNull();
    expect(agreedTo(offerOf(planOf('docker', 0), free))).toBeNull();
    expect(agreedTo(offerOf(null, closed))).toBeNull();
    const plan = planOf('skypilot', 3.2, { candidate: candidateOf({ id: 'chosen' }) });
    expect(agreedTo(offerOf(plan, click))).toEqual({ planSha256: sha, candidate: 'chosen', isClick: true });
    expect(agreedTo(offerOf(plan, { kind: 'dialog', reasons: ['r'] }))).toMatchObject({ isClick: false });
  });

  it('says why a place is out of reach, also where the gate is closed', () => {
    expect(whyNot(sheet.options[0]!)).toBeNull();
    expect(whyNot(optionOf('skypilot', offerOf(null, closed)))).toEqual({
      message: 'Over the cap.',
      remedy: 'Raise it.',
    });
    const refused = { code: 'backend_unavailable', message: 'No cluster.', retryable: true } as const;
    expect(whyNot(optionOf('kubernetes', null, { refused }))).toMatchObject({ message: 'No cluster.' });
  });
});

describe('the button of the launch sheet', () => {
  const task = taskOf('');
  const state = { task, hasSheet: true, option: sheet.options[1]!, isAsking: false, hasFailed: false };

  it('is ready when what it says is what would be agreed to', () => {
    expect(sheetButton(state)).toEqual({
      words: 'Submit: up to $3.20',
      asks: false,
      isReady: true,
      agreed: { planSha256: sha, candidate: 'm6i', isClick: true },
    });
    expect(sheetButton({ ...state, isAsking: true }).isReady).toBe(false);
    expect(sheetButton({ ...state, hasFailed: true }).isReady).toBe(false);
  });

  it('is not ready for what is refused or closed', () => {
    expect(sheetButton({ ...state, option: optionOf('skypilot', offerOf(null, closed)) }).isReady).toBe(false);
    const refused = { code: 'backend_unavailable', message: 'No.', retryable: true } as const;
    expect(sheetButton({ ...state, option: optionOf('docker', null, { refused }) }).isReady).toBe(false);
  });

  it('asks nothing of the gate where nothing is chosen: the engine decides', () => {
    const none = { ...state, option: null };
    expect(sheetButton(none)).toEqual({ words: 'Run on this machine', asks: false, isReady: true, agreed: null });
    expect(sheetButton({ ...none, hasSheet: false }).isReady).toBe(false);
    expect(sheetButton({ ...none, hasSheet: false, hasFailed: true }).isReady).toBe(true);
    expect(sheetButton({ ...none, task: taskOf('backend: kubernetes') }).words).toBe('Submit');
  });
});
