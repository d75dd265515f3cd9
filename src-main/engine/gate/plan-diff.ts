import diff from 'microdiff';
import type { LaunchPlan, PlanChange } from '../../../src-shared/gate/plan.ts';
import { usdText } from '../../../src-shared/money/micro-usd.ts';

/** What people call the parts of a plan; the longest beginning that fits counts. */
const labels: Readonly<Record<string, string>> = {
  taskName: 'Name of the task',
  taskSha256: 'Text of the task',
  backend: 'Back end',
  mode: 'Mode',
  offline: 'Offline',
  needs: 'Why it needs an approval',
  'worker.version': 'Version of the worker',
  'worker.bundleSha256': 'Program of the worker',
  launch: 'What is started',
  'launch.image': 'Image',
  'launch.ref': 'Exact image',
  'launch.pinned': 'Digest of the image',
  'launch.command': 'Command',
  'launch.args': 'Command',
  'launch.argv': 'Command of the service',
  'launch.hosts': 'Servers that it may reach',
  'launch.environment': 'Names in its environment',
  inputs: 'Local inputs',
  secrets: 'Secrets',
  candidate: 'Machines',
  'candidate.label': 'Machines',
  'candidate.region': 'Region',
  'candidate.rates': 'Prices',
  'candidate.unknowns': 'What is not known of its cost',
  'candidate.end': 'How its billing is ended',
  'candidate.endWords': 'How its billing is ended',
  'candidate.unavailable': 'Whether it can be had',
  'bound.totalMicroUsd': 'Most that it can cost',
  'bound.terms': 'Sum of the most that it can cost',
  'bound.usdPerUnit': 'USD for one unit of the currency',
  'bound.runSec': 'Longest time, s',
  'bound.idleSec': 'Longest idle time, s',
  'bound.stoppedSec': 'Days of a stopped disk in the sum, s',
  'bound.heldBy': 'What holds its time',
  leaving: 'What leaves this machine',
};

const longest = 200;

/** The differences between two plans in words, the amount first. Pure; empty only for plans that are the same. */
export function planChanges(before: LaunchPlan, after: LaunchPlan): PlanChange[] {
  const found = diff(told(before), told(after)).map((one): PlanChange => {
    const path = one.path.join('.');
    return {
      path,
      label: labelOf(path),
      before: one.type === 'CREATE' ? null : shown(path, one.oldValue),
      after: one.type === 'REMOVE' ? null : shown(path, one.value),
    };
  });
  return found.sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));
}

/** Secrets by where the run finds them, in words: `token, stored 2026-03-10T12:00:00.000Z`. */
function told({ secrets, ...plan }: LaunchPlan) {
  const words = secrets.map(({ env, name, setAt }) => [
    env,
    `${name}, ${setAt === null ? 'not stored' : `stored ${setAt}`}`,
  ]);
  return { ...plan, secrets: Object.fromEntries(words) as Record<string, string> };
}

const order = Object.keys(labels);

function rank(path: string): number {
  return path === 'bound.totalMicroUsd' ? -1 : order.indexOf(keyOf(path));
}

function labelOf(path: string): string {
  const secret = path.startsWith('secrets.') ? `Secret in ${path.slice('secrets.'.length)}` : undefined;
  return secret ?? labels[keyOf(path)] ?? path;
}

/** The longest known beginning of a path; the path itself when none is known. */
function keyOf(path: string): string {
  const steps = path.split('.');
  for (let count = steps.length; count > 0; count -= 1) {
    const key = steps.slice(0, count).join('.');
    if (Object.hasOwn(labels, key)) return key;
  }
  return path;
}

function shown(path: string, value: unknown): string {
  if (path.endsWith('icroUsd') && typeof value === 'number') return usdText(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
