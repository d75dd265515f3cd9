import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClosingParts } from '../../src-main/shell/spending/closing.ts';
import { mayClose } from '../../src-main/shell/spending/closing.ts';
import { ClosingMemory } from '../../src-main/shell/spending/closing-memory.ts';
import type { ClosingQuestion } from '../../src-main/shell/spending/closing-question.ts';
import { closingQuestion } from '../../src-main/shell/spending/closing-question.ts';
import type { Spending } from '../../src-shared/api/spending.ts';
import { tempFolder } from '../helpers/temp.ts';
import { entry, spendingOf } from './ledger-entry.ts';

const run = (id: string) => entry({ id, mode: 'job', end: 'cancel' });
const labels = (question: ClosingQuestion | null) => question?.choices.map(({ label }) => label);
const usual = (question: ClosingQuestion | null) => question?.choices[question.defaultId]?.label;

describe('the question', () => {
  it('is not asked where nothing goes on to cost', () => {
    const lent = entry({ needs: ['shared'], hourlyMicroUsd: 0 });
    const stopped = entry({ state: 'stopped', hourlyMicroUsd: 11 });
    const foreign = entry({ needs: ['service'], hourlyMicroUsd: null });
    const reading = entry({ mode: 'job', backend: 'process', needs: ['requester_pays'], hourlyMicroUsd: null });
    for (const open of [[], [lent], [stopped], [foreign], [reading], [entry({ state: 'gone' })]])
      expect(closingQuestion(spendingOf(open))).toBeNull();
  });

  it.each([
    ['a cluster', [entry()], ['Keep supervising', 'Stop clusters', 'Don’t close'], 'Stop clusters'],
    ['a run', [run('a')], ['Keep supervising', 'Cancel runs', 'Don’t close'], 'Keep supervising'],
    [
      'both',
      [entry(), run('a')],
      ['Keep supervising', 'Stop clusters', 'Stop clusters, cancel runs', 'Don’t close'],
      'Stop clusters',
    ],
    [
      'an adopted cluster',
      [entry({ needs: [] })],
      ['Keep supervising', 'Stop clusters', 'Don’t close'],
      'Stop clusters',
    ],
    [
      'a stopped one that is overdue',
      [entry({ state: 'stopped', isOverdue: true })],
      expect.anything(),
      'Stop clusters',
    ],
  ])('for %s offers what can be done, with the usual as its default', (_what, open, offered, button) => {
    const question = closingQuestion(spendingOf(open));
    expect(labels(question)).toEqual(offered);
    expect(usual(question)).toBe(button);
    expect(question?.choices[question.cancelId]?.answer).toBeNull();
  });

  it('names what costs, how much, and what is lost', () => {
    const open = [
      entry({ name: 'Forest' }),
      entry({ id: 'spot', name: 'Cheap\u202Ex\nname', end: 'down', hourlyMicroUsd: 420_000 }),
      entry({ id: 'odd', hourlyMicroUsd: null, isOverdue: true }),
    ];
    const question = closingQuestion(spendingOf(open))!;
    expect(question.message).toBe('3 things go on to cost money: $1.42/h, and more that is not known');
    expect(question.detail).toContain('• Forest (cluster, skypilot): $1.00/h, at most $3.20');
    expect(question.detail).toContain('rate not known, past its time');
    expect(question.detail).toContain('Cheap\uFFFDx\uFFFDname can’t be stopped, only taken down');
    expect(question.detail).toContain('log out or shut down');
    const many = closingQuestion(spendingOf(Array.from({ length: 9 }, (_, id) => entry({ id: `e${id}` }))))!;
    expect(many.detail).toContain('… and 3 more');
  });

  it('is asked where nobody knows what costs, and closing is not the default', () => {
    const question = closingQuestion(spendingOf([], { problem: 'The ledger is damaged.' }));
    expect(question?.detail).toContain('The ledger is damaged.');
    expect([labels(question), usual(question)]).toEqual([['Close', 'Don’t close'], 'Don’t close']);
  });
});

describe('closing', () => {
  interface Way extends Partial<ClosingParts> {
    readonly file?: string;
    readonly open?: Spending['open'];
    /** The button that the person presses. */
    readonly press?: string;
    readonly remember?: boolean;
  }

  /** Closes once. Returns whether the window goes, what was ordered, and whether the person was asked. */
  async function close({ file, open = [entry()], press = 'none', remember = false, ...more }: Way) {
    const orders: string[] = [];
    const questions: ClosingQuestion[] = [];
    const failures: string[] = [];
    const goes = await mayClose({
      spending: () => Promise.resolve(spendingOf(open)),
      end: (how) => {
        orders.push(how);
        return Promise.resolve(spendingOf([]));
      },
      ask: (question) => {
        questions.push(question);
        return Promise.resolve({ button: question.choices.findIndex(({ label }) => label === press), remember });
      },
      confirmFailure: (reason) => {
        failures.push(reason);
        return Promise.resolve(false);
      },
      memory: new ClosingMemory(file ?? join(tempFolder(), 'user-data', 'closing.json')),
      limits: { askMs: 60, endMs: 60 },
      ...more,
    });
    return { goes, orders, asked: questions.length, failures };
  }

  it.each([
    ['Keep supervising', true, []],
    ['Stop clusters', true, ['stop']],
    ['Stop clusters, cancel runs', true, ['stop', 'cancel']],
    ['Don’t close', false, []],
    ['no button, as when the question is torn away', false, []],
  ])('after “%s” goes: %s, ordered: %j', async (press, goes, orders) => {
    expect(await close({ open: [entry(), run('a')], press })).toMatchObject({ goes, orders, asked: 1 });
  });

  it('cancels runs', async () => {
    expect(await close({ open: [run('a')], press: 'Cancel runs' })).toMatchObject({ goes: true, orders: ['cancel'] });
  });

  it('asks nothing where nothing costs', async () => {
    expect(await close({ open: [] })).toMatchObject({ goes: true, asked: 0 });
  });

  it.each([
    ['does not answer', () => new Promise<Spending>(() => undefined)],
    ['cannot be had', () => Promise.reject(new Error('no engine'))],
  ])('is not held up by an engine that %s', async (_what, spending) => {
    const began = performance.now();
    expect(await close({ spending })).toMatchObject({ goes: true, asked: 0 });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('tells when an order did not get through, and stays unless the person says otherwise', async () => {
    const failing = () => Promise.reject(new Error('The provider refused.'));
    const hanging = () => new Promise<Spending>(() => undefined);
    const ending = { how: 'stop', reason: 'A person', problem: 'It is locked.', at: '2026-01-01T00:00:00Z' } as const;
    const unheard = () => Promise.resolve(spendingOf([entry({ id: 'else' }), entry({ ending })]));
    const obeyed = () => Promise.resolve(spendingOf([entry({ ending: { ...ending, problem: null } })]));
    const press = 'Stop clusters';
    expect(await close({ press, end: failing })).toMatchObject({ goes: false, failures: ['The provider refused.'] });
    expect(await close({ press, end: hanging })).toMatchObject({ goes: false, failures: [/0\.06 s/] });
    expect(await close({ press, end: unheard })).toMatchObject({ goes: false, failures: ['It is locked.'] });
    expect(await close({ press, end: obeyed })).toMatchObject({ goes: true, failures: [] });
    expect(await close({ press, end: failing, confirmFailure: () => Promise.resolve(true) })).toMatchObject({
      goes: true,
    });
  });

  it('does the same for the same again without asking, where that was ticked', async () => {
    const file = join(tempFolder(), 'closing.json');
    expect(await close({ file, press: 'Keep supervising', remember: true })).toMatchObject({ asked: 1 });
    expect(await close({ file })).toMatchObject({ asked: 0, goes: true, orders: [] });
    // Something new, or something past its time, is a new question.
    expect(await close({ file, open: [entry(), entry({ id: 'new' })] })).toMatchObject({ asked: 1, goes: false });
    expect(await close({ file, open: [entry({ isOverdue: true })] })).toMatchObject({ asked: 1, goes: false });
    expect(await close({ file, press: 'Stop clusters', open: [entry({ id: 'new' })], remember: true })).toMatchObject({
      asked: 1,
    });
    expect(await close({ file, open: [entry({ id: 'new' })] })).toMatchObject({ asked: 0, orders: ['stop'] });
    // What was answered before that is gone from the file.
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ new: 'stop' });
  });

  it('does not remember to stay, what was not ticked, or what a damaged file says', async () => {
    const file = join(tempFolder(), 'closing.json');
    await close({ file, press: 'Don’t close', remember: true });
    await close({ file, press: 'Keep supervising' });
    expect(await close({ file })).toMatchObject({ asked: 1 });
    for (const text of ['{', '{"e1":"burn"}', '[]', '{"e1":null}']) {
      writeFileSync(file, text);
      expect(await close({ file })).toMatchObject({ asked: 1 });
    }
  });
});
