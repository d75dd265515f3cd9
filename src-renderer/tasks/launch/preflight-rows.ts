import type { Preflight } from '../../../src-shared/api/plans.ts';
import { bytes, count, duration, grouped } from '../../ui/format.ts';

type Plan = Preflight['plan'];

/** A plan as names and values, in the order of the limits that stand below it. */
export function preflightRows({ plan }: Preflight): [string, string][] {
  const more = plan.matched !== null && plan.matched > plan.items ? ` of ${grouped(plan.matched)} that match` : '';
  return [
    ...(plan.seconds === null
      ? []
      : ([['Time', `about ${duration(plan.seconds * 1000)}`]] satisfies [string, string][])),
    ['Read', `${bytes(plan.readBytes)} in ${count(plan.requests, 'request')}`],
    ['Write', `at most ${bytes(plan.outputBytes)}`],
    ['Items', `${grouped(plan.items)}${more}`],
    ['Pixels', grouped(plan.pixels)],
    ['Memory', `about ${grouped(Math.ceil(plan.memoryMb))} MiB`],
    ['Hosts', plan.hosts.length === 0 ? 'none: only files of this machine' : plan.hosts.join(', ')],
    ...licenceRows(plan),
  ];
}

function licenceRows({ licences }: Plan): [string, string][] {
  const words = licences.map(({ collection, license }) => {
    const said = license ?? 'not stated';
    return collection === null || licences.length === 1 ? said : `${said} (${collection})`;
  });
  return words.length === 0 ? [] : [[words.length === 1 ? 'Licence' : 'Licences', words.join('; ')]];
}

const limitWords: Readonly<Record<string, string>> = {
  max_read_bytes: 'read',
  max_pixels: 'decoded pixels',
  max_output_bytes: 'written',
};

/** Which limits a run would exceed, one sentence each. */
export function overLimitLines({ overLimits }: Plan): string[] {
  return overLimits.map(({ limit, asked, allowed }) => {
    const words = limit === 'max_pixels' ? grouped : bytes;
    return `${words(asked)} would be ${limitWords[limit] ?? limit}; limits.${limit} allows ${words(allowed)}.`;
  });
}
