import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src-shared/gate/proposal.ts';
import { actorWords } from '../../../src-shared/gate/words.ts';
import {
  approveWords,
  askedBecause,
  decisionSentence,
  endWords,
  leavingRows,
  leavingShort,
  probablyWords,
  submitWords,
  timeWords,
} from '../../../src-renderer/approvals/gate-words.ts';
import { capParts } from '../../../src-renderer/approvals/offer/cap-parts.ts';
import { machineWords } from '../../../src-renderer/approvals/offer/machine-words.ts';
import { candidateOf, nothingLeaves, offerOf, planOf, sha } from './support.ts';

const click: Verdict = { kind: 'click' };
const dialog: Verdict = { kind: 'dialog', reasons: ['It is above the threshold.'] };
const closed: Verdict = { kind: 'closed', error: { code: 'gate_closed', message: 'No price.', retryable: false } };

describe('the one button', () => {
  it.each([
    ['process', 0, { kind: 'free' } as const, 'Run on this machine'],
    ['docker', 0, click, 'Run on this machine'],
    ['docker', 0.5, click, 'Run on this machine: up to $0.50'],
    ['skypilot', 3.2, click, 'Submit: up to $3.20'],
    ['skypilot', 5, click, 'Submit: up to $5.00'],
    ['skypilot', 5.01, dialog, 'Ask for approval: up to $5.01'],
    ['kubernetes', 0, click, 'Submit'],
    ['kubernetes', 0, dialog, 'Ask for approval'],
    ['docker', 0, dialog, 'Ask for approval'],
  ] as const)('on %s for %d dollars at most says what it does', (backend, usd, verdict, words) => {
    expect(submitWords(backend, offerOf(planOf(backend, usd), verdict))).toBe(words);
  });

  it('has no words for what the gate holds closed', () => {
    expect(submitWords('skypilot', offerOf(planOf('skypilot', 3), closed))).toBeNull();
    expect(submitWords('skypilot', offerOf(null, closed))).toBeNull();
  });

  it('of the dialog names the bound that is approved', () => {
    expect(approveWords(offerOf(planOf('skypilot', 7.1), dialog))).toBe('Approve: up to $7.10');
    expect(approveWords(offerOf(planOf('kubernetes', 0), dialog))).toBe('Approve');
  });
});

describe('a plan in words', () => {
  it('tells the likely from the possible', () => {
    const offer = offerOf(planOf('skypilot', 7.1), dialog, { estimate: { microUsd: 2_400_000, seconds: 742 } });
    expect(timeWords(offer)).toEqual(['about 12 min', '1 h at most']);
    expect(probablyWords(offer)).toBe('It will probably cost about $2.40. About 12 min, 1 h at most.');
    expect(probablyWords(offerOf(planOf('skypilot', 7.1), dialog))).toBe(
      'What it will cost is not known beforehand. 1 h at most.',
    );
    expect(probablyWords(offerOf(planOf('kubernetes', 0), dialog))).toBe('1 h at most.');
  });

  it('says why a person is asked, and what is not known only once', () => {
    const candidate = candidateOf({ unknowns: ['egress to elsewhere'] });
    const verdict: Verdict = {
      kind: 'dialog',
      reasons: ['It can cost $7.10.', 'Not in the bound: egress to elsewhere'],
    };
    expect(askedBecause(offerOf(planOf('skypilot', 7.1, { candidate }), verdict))).toEqual([
      'The machines it runs on cost money.',
      'It can cost $7.10.',
    ]);
  });

  it('says what ends how, in the price list’s own words where it has some', () => {
    expect(endWords(planOf('skypilot', 1))).toBe(
      '1 h at most. The limit of the task, or of the workspace, ends it. The job is cancelled, and its machines go with it.',
    );
    const candidate = candidateOf({ end: 'down', endWords: 'stop is not possible for spot' });
    const plan = planOf('skypilot', 1, { candidate });
    expect(endWords({ ...plan, bound: { ...plan.bound, idleSec: 600, stoppedSec: 2_592_000, heldBy: 'cap' } })).toBe(
      '1 h at most. The task names no limit: what is left under the smallest cap pays for this long, and ends it. Idle machines are ended 10 min after it. Stop is not possible for spot. What it costs while stopped is counted for 30 d.',
    );
  });

  it('says what leaves this machine, at length and in short', () => {
    expect(leavingShort(nothingLeaves)).toBe('Nothing');
    expect(leavingRows(nothingLeaves)).toEqual([]);
    const leaving = {
      place: 'AWS, us-east-1',
      uploads: [
        { name: 'a.tif', bytes: 1_400_000 },
        { name: 'b.tif', bytes: null },
      ],
      secrets: ['key'],
      hosts: ['files.example'],
    };
    expect(leavingShort(leaving)).toBe('2 files, 1 secret, requests to files.example');
    expect(leavingShort({ ...nothingLeaves, hosts: ['a', 'b'] })).toBe('Requests to 2 hosts');
    expect(leavingRows(leaving)).toEqual([
      ['Runs at', 'AWS, us-east-1'],
      ['Files sent', 'a.tif (1.4 MB), b.tif'],
      ['Secrets sent', 'key'],
      ['Talks to', 'files.example'],
    ]);
  });

  it('names machines by what they are, or as the quote does', () => {
    expect(machineWords(candidateOf())).toBe('2 × m6i.large, 2 CPUs, 8 GB each');
    expect(machineWords(candidateOf({ nodes: 1, cpus: 1, memoryGb: null, gpus: 'T4:1' }))).toBe(
      'm6i.large, 1 CPU, T4:1',
    );
    expect(machineWords(candidateOf({ instance: null, label: 'the cluster' }))).toBe('the cluster');
  });
});

describe('a decision in words', () => {
  const decision = {
    kind: 'approved',
    actor: { by: 'owner', how: 'dialog' },
    planSha256: sha,
    approvalId: 'a1',
    boundMicroUsd: 7_100_000,
    words: '',
  } as const;

  it('says who, how and for how much', () => {
    expect(decisionSentence(decision)).toBe('Approved for up to $7.10 by the owner, in the dialog');
    expect(
      decisionSentence({ ...decision, kind: 'proposed', actor: { by: 'agent', how: 'api' }, boundMicroUsd: 0 }),
    ).toBe('Proposed at no cost by an agent or script');
    expect(
      decisionSentence({
        ...decision,
        kind: 'voided',
        actor: { by: 'engine', how: 'rule' },
        words: 'the price changed',
      }),
    ).toBe('Approval void for up to $7.10 by a rule: the price changed');
    expect(actorWords({ by: 'owner', how: 'click' })).toBe('by the owner, with a click');
  });
});

describe('a cap as a bar', () => {
  it('never passes its end, and is over exactly when it does not fit', () => {
    const micros = fc.nat(300_000_000);
    fc.assert(
      fc.property(micros, micros, micros, (limitMicroUsd, usedMicroUsd, asked) => {
        const parts = capParts({ of: 'day', limitMicroUsd, usedMicroUsd, from: 'default' }, asked);
        expect(parts.usedShare + parts.askedShare).toBeLessThanOrEqual(1 + 1e-9);
        expect(Math.min(parts.usedShare, parts.askedShare)).toBeGreaterThanOrEqual(0);
        expect(parts.isOver).toBe(usedMicroUsd + asked > limitMicroUsd);
        if (!parts.isOver) expect(parts.leftMicroUsd).toBe(limitMicroUsd - usedMicroUsd - asked);
        else expect(parts.leftMicroUsd).toBe(0);
      }),
    );
  });
});
