import type { Preflight } from '../../src-shared/api/plans.ts';
import { out } from './print.ts';

/** A plan in a few lines. */
export function printPlan({ plan, walled, tookMs }: Preflight): void {
  const matched = plan.matched === null || plan.matched === plan.items ? '' : ` of ${grouped(plan.matched)} that match`;
  out(`  items     ${grouped(plan.items)}${matched}`);
  out(`  reads     ${size(plan.readBytes)} in ${grouped(plan.requests)} requests`);
  out(`  pixels    ${grouped(plan.pixels)}`);
  out(`  memory    about ${grouped(plan.memoryMb)} MiB`);
  out(`  writes    at most ${size(plan.outputBytes)}`);
  if (plan.seconds !== null) out(`  time      about ${seconds(plan.seconds)} on this machine (a rough estimate)`);
  if (plan.hosts.length > 0) out(`  hosts     ${plan.hosts.join(', ')}`);
  for (const { collection, license, href } of plan.licences)
    out(
      `  licence   ${license ?? 'not stated'}${collection === null ? '' : ` (${collection})`}${href === null ? '' : ` ${href}`}`,
    );
  for (const note of plan.notes) out(`  note      ${note}`);
  for (const { limit, asked, allowed } of plan.overLimits)
    out(`  OVER      limits.${limit} allows ${grouped(allowed)}, the run needs ${grouped(asked)}: it would not start`);
  out(`  Planned in ${(tookMs / 1_000).toFixed(1)} s${walled ? '' : ', without a sandbox'}; nothing was run.`);
}

function grouped(value: number): string {
  return value.toLocaleString('en-GB');
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function seconds(value: number): string {
  return value < 120 ? `${value} s` : `${Math.round(value / 60)} min`;
}
