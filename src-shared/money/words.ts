import type { Cap } from './caps.ts';
import type { MicroUsd } from './micro-usd.ts';
import { usdText } from './micro-usd.ts';
import type { EndHow } from './price.ts';

/** What each cap is for. */
export const capNames: Readonly<Record<Cap['of'], string>> = {
  job: 'One job',
  day: 'Today (UTC)',
  workspace: 'This workspace',
};

/** Each way of ending something that bills: the verb, and exactly what comes of it. */
export const endWords: Readonly<Record<EndHow, { readonly verb: string; readonly effect: string }>> = {
  cancel: { verb: 'Cancel', effect: 'The run ends. What it has written up to now is kept.' },
  stop: { verb: 'Stop', effect: 'Its machines end. Their disk stays, with what lies on it, and goes on costing.' },
  down: { verb: 'Take down', effect: 'Its machines and their disk end. What lies on that disk is lost.' },
};

/** `$0.19/h`, rounded up to whole cents; in words where the rate is not known. */
export function perHour(hourly: MicroUsd | null): string {
  return hourly === null ? 'rate not known' : `${usdText(hourly)}/h`;
}
