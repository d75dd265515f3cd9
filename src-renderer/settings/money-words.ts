import type { ResolvedSetting, SettingName } from '../../src-shared/settings.ts';
import { settingSpecs } from '../../src-shared/settings.ts';
import { microUsd, usdText } from '../../src-shared/money/micro-usd.ts';

/** What each setting is called that guards money. */
export const moneyTitles = {
  commit_threshold_usd: 'A click is enough up to',
  cap_job_usd: 'Cap of one job',
  cap_day_usd: 'Cap of a day (UTC)',
  cap_workspace_usd: 'Cap of this workspace',
  usd_per: 'Exchange rates',
  requester_pays_usd_per_gb: 'Buckets whose reader pays',
  stopped_disk_days: 'Disk of a stopped cluster',
  default_timeout_sec: 'Time limit of a task that names none',
  default_autostop_minutes: 'Idle time of a cluster',
} as const satisfies Partial<Record<SettingName, string>>;

/** A setting's value as a person reads it: `$5.00`, `30 days`, `EUR = 1.25 USD`. */
export function moneyValue(name: keyof typeof moneyTitles, value: ResolvedSetting['value']): string {
  if (value === null) return 'the provider’s own';
  if (typeof value === 'object') {
    const rates = Object.entries(value).map(([currency, usd]) => `1 ${currency} = ${JSON.stringify(usd)} USD`);
    return rates.length === 0 ? 'none: prices in USD only' : rates.join(', ');
  }
  const amount = Number(value);
  switch (name) {
    case 'requester_pays_usd_per_gb':
      return `${usdText(microUsd(amount))} for each GB`;
    case 'stopped_disk_days':
      return `${amount} days`;
    case 'default_timeout_sec':
      return amount === 0 ? 'none: the smallest cap holds it' : `${amount} s`;
    case 'default_autostop_minutes':
      return `${amount} min`;
    default:
      return usdText(microUsd(amount));
  }
}

/** Where a setting is changed: its place in the settings files, and the variable that comes before them. */
export function whereToChange(name: keyof typeof moneyTitles): { readonly key: string; readonly variable: string } {
  const { key, env } = settingSpecs[name];
  return { key, variable: env[0] ?? '' };
}
