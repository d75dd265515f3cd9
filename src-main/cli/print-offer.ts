import type { Decision, Offer, Proposal } from '../../src-shared/gate/proposal.ts';
import { actorWords, decisionWords, needWords, replannedWords } from '../../src-shared/gate/words.ts';
import { leftUnder } from '../../src-shared/money/caps.ts';
import type { Cap } from '../../src-shared/money/caps.ts';
import { usdText } from '../../src-shared/money/micro-usd.ts';
import { capNames, perHour } from '../../src-shared/money/words.ts';
import { out, printTable } from './print.ts';

/** A time in UTC, which it names: `2026-11-22 10:04:31 UTC`. */
export function utc(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

/** The most that a plan can cost: `$7.10`; in words where no plan could be made. */
export function boundText({ plan }: Offer): string {
  return plan === null ? 'not known' : usdText(plan.bound.totalMicroUsd);
}

/** One job that waits, in a few lines: for whoever has just submitted it. */
export function proposalLines({ jobId, taskName, offer, expiresAt }: Proposal): string[] {
  return [
    `${jobId} (${taskName}) waits for a person. ${offer.needs.map((need) => needWords[need]).join(' ')}`,
    ...(offer.plan?.candidate == null ? [] : [`  machines  ${offer.plan.candidate.label}`]),
    `  at most   ${boundText(offer)}`,
    ...verdictLines(offer),
    `  Approve it: transect approve ${jobId} (or in the window, under Approvals). It expires ${utc(expiresAt)}.`,
  ];
}

/** Everything that a person needs to decide, but for the plan's exact text. */
export function printProposal(proposal: Proposal): void {
  const { jobId, taskName, offer, changes, decisions, by } = proposal;
  const replanned = replannedWords(proposal);
  const rows: [label: string, text: string][] = [
    ['job', `${jobId} (${taskName})`],
    ['asked by', `${actorWords(by)}, ${utc(proposal.proposedAt)}; expires ${utc(proposal.expiresAt)}`],
    ...(replanned === null ? [] : [['', replanned] as [string, string]]),
    ...offer.needs.map((need): [string, string] => ['needs you', needWords[need]]),
    ...planRows(offer),
    ...offer.caps.map((cap): [string, string] => ['cap', capText(cap)]),
    ['dialog', `above ${usdText(offer.threshold.microUsd)} (${offer.threshold.from})`],
  ];
  for (const [label, text] of rows) out(`  ${label.padEnd(10)}${text}`);
  for (const line of verdictLines(offer)) out(line);
  if (changes.length > 0) {
    out('  Changed since the plan that was asked for or approved:');
    for (const { label, before, after } of changes) out(`    ${label}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`);
  }
  printCandidates(offer);
  if (decisions.length > 0) {
    out('  What was decided so far:');
    printDecisions(decisions);
  }
  if (offer.planSha256 !== null) out(`  plan      sha256 ${offer.planSha256}`);
}

function planRows({ plan, estimate, pricedAt }: Offer): [string, string][] {
  if (plan === null) return [];
  const { bound, candidate, leaving } = plan;
  const held = {
    timeout: 'its time limit',
    cap: 'the smallest cap: it has no time limit of its own',
    longest: 'the longest time that a task may have',
  }[bound.heldBy];
  return [
    ['runs on', `${plan.backend}${candidate === null ? '' : `: ${candidate.label}`}`],
    ['at most', `${usdText(bound.totalMicroUsd)}, for ${bound.runSec} s, held by ${held}`],
    ...bound.terms.map(({ label, formula, microUsd }): [string, string] => [
      '',
      `${usdText(microUsd)} ${label}: ${formula}`,
    ]),
    ...(bound.currency === 'USD'
      ? []
      : [['', `at ${bound.usdPerUnit} USD for one ${bound.currency}`] as [string, string]]),
    ['probably', estimate.microUsd === null ? 'not known' : usdText(estimate.microUsd)],
    ...(pricedAt === null ? [] : [['prices', `asked for at ${utc(pricedAt)}`] as [string, string]]),
    ...(candidate?.unknowns ?? []).map((words): [string, string] => ['UNKNOWN', words]),
    ...(candidate === null ? [] : [['ends', candidate.endWords] as [string, string]]),
    ...leavingRows(leaving),
  ];
}

function leavingRows(leaving: NonNullable<Offer['plan']>['leaving']): [string, string][] {
  const { place, uploads, secrets, hosts } = leaving;
  return [
    ['place', place ?? 'this machine'],
    ...(uploads.length === 0 ? [] : [['sent there', uploads.map(({ name }) => name).join(', ')] as [string, string]]),
    ...(secrets.length === 0 ? [] : [['secrets', `sent there: ${secrets.join(', ')}`] as [string, string]]),
    ...(hosts.length === 0 ? [] : [['talks to', hosts.join(', ')] as [string, string]]),
  ];
}

function verdictLines({ verdict }: Offer): string[] {
  if (verdict.kind === 'dialog') return verdict.reasons.map((reason) => `  because   ${reason}`);
  if (verdict.kind !== 'closed') return [];
  const { message, remedy } = verdict.error;
  return [`  CLOSED    ${message}`, ...(remedy === undefined ? [] : [`            ${remedy}`])];
}

/** `One day (UTC): $3.20 of $50.00 used or promised, $46.80 left (default)`. */
export function capText(cap: Cap): string {
  const words = `${usdText(cap.usedMicroUsd)} of ${usdText(cap.limitMicroUsd)} used or promised, ${usdText(leftUnder(cap))} left`;
  return `${capNames[cap.of]}: ${words} (${cap.from})`;
}

function printCandidates({ candidates, plan }: Offer): void {
  if (candidates.length === 0) return;
  out('  Machines that it could run on (transect approve JOB --candidate ID plans for others):');
  printTable(
    ['   ', 'ID', 'MACHINES', 'PER HOUR', 'AT MOST', ''],
    candidates.map((one) => [
      one.id === plan?.candidate?.id ? '  *' : '',
      one.id,
      one.label,
      perHour(one.hourlyMicroUsd),
      one.boundMicroUsd === null ? '-' : usdText(one.boundMicroUsd),
      one.unavailable ?? '',
    ]),
  );
}

export function printDecisions(decisions: readonly Decision[]): void {
  printTable(
    ['WHEN', 'WHAT', 'AT MOST', 'BY', 'JOB', 'PLAN', 'WORDS'],
    decisions.map(({ at, kind, actor, jobId, boundMicroUsd, planSha256, words }) => [
      utc(at),
      decisionWords[kind],
      usdText(boundMicroUsd),
      actorWords(actor),
      jobId,
      planSha256.slice(0, 12),
      words,
    ]),
  );
}
