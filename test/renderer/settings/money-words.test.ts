import { expect, it } from 'vitest';
import { moneySettings, resolveSettings, touchesMoney } from '../../../src-shared/settings.ts';
import { moneyTitles, moneyValue, whereToChange } from '../../../src-renderer/settings/money-words.ts';

const view = resolveSettings({ env: {}, app: {}, workspace: {} });

it('every setting that guards money has a title, a value in words and a place to change it', () => {
  expect(Object.keys(moneyTitles).sort()).toEqual([...moneySettings].sort());
  const shown = moneySettings.map((name) => [
    name,
    moneyValue(name, view.resolved.find((one) => one.name === name)?.value ?? null),
    whereToChange(name).key,
    whereToChange(name).variable,
  ]);
  expect(shown).toEqual([
    ['commit_threshold_usd', '$5.00', 'compute.commit_threshold_usd', 'TRANSECT_COMMIT_THRESHOLD_USD'],
    ['cap_job_usd', '$25.00', 'compute.cap_job_usd', 'TRANSECT_CAP_JOB_USD'],
    ['cap_day_usd', '$50.00', 'compute.cap_day_usd', 'TRANSECT_CAP_DAY_USD'],
    ['cap_workspace_usd', '$200.00', 'compute.cap_workspace_usd', 'TRANSECT_CAP_WORKSPACE_USD'],
    ['usd_per', 'none: prices in USD only', 'compute.usd_per', 'TRANSECT_USD_PER'],
    [
      'requester_pays_usd_per_gb',
      '$0.25 for each GB',
      'compute.requester_pays_usd_per_gb',
      'TRANSECT_REQUESTER_PAYS_USD_PER_GB',
    ],
    ['stopped_disk_days', '30 days', 'compute.stopped_disk_days', 'TRANSECT_STOPPED_DISK_DAYS'],
    ['default_timeout_sec', '3600 s', 'compute.default_timeout_sec', 'TRANSECT_DEFAULT_TIMEOUT_SEC'],
    [
      'default_autostop_minutes',
      'the provider’s own',
      'compute.default_autostop_minutes',
      'TRANSECT_DEFAULT_AUTOSTOP_MINUTES',
    ],
  ]);
});

it('names exchange rates and a missing time limit', () => {
  expect(moneyValue('usd_per', { EUR: 1.25, GBP: 1.4 })).toBe('1 EUR = 1.25 USD, 1 GBP = 1.4 USD');
  expect(moneyValue('default_timeout_sec', 0)).toBe('none: the smallest cap holds it');
});

it('what closes the gate is told from what does not', () => {
  const problemsOf = (workspace: unknown) =>
    resolveSettings({ env: {}, app: {}, workspace }).problems.map(touchesMoney);
  expect(problemsOf({ compute: { cap_day_usd: 'much' } })).toEqual([true]);
  expect(problemsOf({ compute: { cap_dya_usd: 5 } })).toEqual([true]);
  expect(problemsOf({ local: { max_jobs: 'many' } })).toEqual([false]);
  expect(touchesMoney({ name: '*', from: 'transect.yaml', message: 'is not YAML' })).toBe(true);
});
