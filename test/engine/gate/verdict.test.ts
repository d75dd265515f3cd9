import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../src-main/engine/gate/verdict.ts';
import type { Rules } from '../../../src-main/engine/gate/verdict.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { Cap } from '../../../src-shared/money/caps.ts';
import { bench, machine } from './bench.ts';

const cap = (of: Cap['of'], limit: number, used = 0): Cap => ({
  of,
  limitMicroUsd: limit,
  usedMicroUsd: used,
  from: 'default',
});
const open: Rules = { problem: null, threshold: 500, caps: [cap('job', 900), cap('day', 900), cap('workspace', 900)] };
const plan = (total: number, more: Partial<LaunchPlan> = {}) => ({
  needs: ['billed' as const],
  candidate: machine('m', 1),
  bound: { totalMicroUsd: total } as LaunchPlan['bound'],
  ...more,
});

describe('the verdict', () => {
  const caps = (...changed: Cap[]) => ({
    caps: open.caps.map((one) => changed.find(({ of }) => of === one.of) ?? one),
  });
  it.each<[string, ReturnType<typeof plan>, Partial<Rules>, string]>([
    ['nothing needs an approval', plan(1e9, { needs: [] }), { problem: new AppError('bad_data', 'x') }, 'free'],
    ['nothing is to be paid', plan(0), {}, 'click'],
    ['exactly at the threshold', plan(500), {}, 'click'],
    ['a millionth above it', plan(501), {}, 'dialog'],
    ['a threshold of nothing', plan(1), { threshold: 0 }, 'dialog'],
    ['something is not known', plan(1, { candidate: machine('m', 1, { unknowns: ['x'] }) }), {}, 'dialog'],
    ['exactly at a cap', plan(900), {}, 'dialog'],
    ['above the cap of a job', plan(601), caps(cap('job', 600)), 'closed'],
    ['above what is left of a day', plan(101), caps(cap('day', 900, 800)), 'closed'],
    ['exactly what is left of a day', plan(100), caps(cap('day', 900, 800)), 'click'],
    ['above what is left of the workspace', plan(1), caps(cap('workspace', 900, 900)), 'closed'],
    [
      'a cap that is used up, for nothing',
      plan(0, { needs: ['service'], candidate: null }),
      caps(cap('day', 5, 9)),
      'click',
    ],
    ['a cap that is not known', plan(1), { caps: open.caps.slice(1) }, 'closed'],
    ['no caps', plan(0), { caps: [] }, 'closed'],
    ['a bound that is no number', plan(NaN), {}, 'closed'],
    ['a cap that is no number', plan(1), caps(cap('day', NaN)), 'closed'],
    ['a problem', plan(0), { problem: new AppError('gate_closed', 'x') }, 'closed'],
    ['machines that can’t be had', plan(1, { candidate: machine('m', 1, { unavailable: 'sold out' }) }), {}, 'closed'],
    ['no machines', plan(1, { candidate: null }), {}, 'closed'],
    ['no machines of others', plan(0, { candidate: null, needs: ['shared'] }), {}, 'closed'],
    ['a service here', plan(0, { candidate: null, needs: ['service'] }), {}, 'click'],
  ])('for %s', (_, of, rules, kind) => {
    expect(verdictOf(of, { ...open, ...rules }).kind).toBe(kind);
  });
});

describe('settings', () => {
  const key = { commit_threshold_usd: 'TRANSECT_COMPUTE_COMMIT_THRESHOLD_USD', cap_job_usd: 'TRANSECT_CAP_JOB_USD' };
  /** The ways to set a value, and the words by which it is then told where it comes from. */
  const sources = (name: keyof typeof key, value: string) => {
    const yaml = `compute: {${name}: ${value}}\n`;
    return {
      environment: { set: (b: ReturnType<typeof bench>) => (b.env[key[name]] = value), from: key[name] },
      'app settings': {
        set: (b: ReturnType<typeof bench>) => {
          writeFileSync(b.settingsFile, yaml);
        },
        from: 'app settings',
      },
      workspace: {
        set: (b: ReturnType<typeof bench>) => {
          b.settings(yaml);
        },
        from: 'transect.yaml',
      },
      default: { set: () => undefined, from: 'default' },
    };
  };
  const names = ['environment', 'app settings', 'workspace', 'default'] as const;

  it.each(names)('of the threshold from %s: at it a click, above it the dialog', async (source) => {
    const b = bench();
    const { set, from } = sources('commit_threshold_usd', '3')[source];
    set(b);
    const at = source === 'default' ? 5 : 3;
    b.rental.quoted = [machine('at', at)];
    const shown = await b.offer(b.planned(3_600));
    expect(shown.verdict).toEqual({ kind: 'click' });
    expect(shown.threshold.microUsd).toBe(at * 1e6);
    expect(shown.threshold.from).toContain(from);
    b.rental.quoted = [machine('above', at + 0.01)];
    expect((await b.offer(b.planned(3_600))).verdict.kind).toBe('dialog');
  });

  it.each(names)('of a cap from %s: above it closed, naming where it was set', async (source) => {
    const b = bench();
    const { set, from } = sources('cap_job_usd', '2')[source];
    set(b);
    const at = source === 'default' ? 25 : 2;
    b.rental.quoted = [machine('at', at)];
    expect((await b.offer(b.planned(3_600))).verdict.kind).not.toBe('closed');
    b.rental.quoted = [machine('above', at + 0.01)];
    const { verdict } = await b.offer(b.planned(3_600));
    expect(verdict).toMatchObject({ kind: 'closed', error: { code: 'gate_closed', details: { cap: 'job' } } });
    expect(JSON.stringify(verdict)).toContain(from);
  });

  it.each(
    names
      .filter((source) => source !== 'default')
      .flatMap((source) =>
        (['commit_threshold_usd', 'cap_job_usd'] as const).flatMap((name) =>
          ['five', '-1', '1e400', '[1]', 'no', 'true', '999999999999'].map((value) => [source, name, value] as const),
        ),
      ),
  )('from %s with %s: %s close the gate for everything that needs an approval', async (source, name, value) => {
    const b = bench();
    const id = await b.submit();
    sources(name, value)[source].set(b);
    const { verdict } = await b.offer(b.planned(3_600));
    expect(verdict.kind).toBe('closed');
    expect(() => b.approve(id)).toThrow(/guards money/);
  });
});
