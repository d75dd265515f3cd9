import type { DataLeaving, LaunchPlan } from '../../src-shared/gate/plan.ts';
import type { Decision, Offer } from '../../src-shared/gate/proposal.ts';
import type { BackendId } from '../../src-shared/job.ts';
import type { Bound } from '../../src-shared/money/bound.ts';
import type { Candidate } from '../../src-shared/money/price.ts';
import type { MicroUsd } from '../../src-shared/money/micro-usd.ts';
import { usdText } from '../../src-shared/money/micro-usd.ts';
import { actorWords, decisionWords, needWords } from '../../src-shared/gate/words.ts';
import { bytes, span } from '../ui/format.ts';

export const backendTitles: Readonly<Record<BackendId, string>> = {
  docker: 'Docker',
  process: 'Plain process',
  kubernetes: 'Kubernetes',
  skypilot: 'SkyPilot',
};

/** Whether a run there takes place on this machine. */
export function isHere(backend: BackendId): boolean {
  return backend === 'process' || backend === 'docker';
}

/** What stands around a run there, in one sentence. */
export const isolationWords: Readonly<Record<BackendId, string>> = {
  docker: 'In a container of this machine, without your files and privileges.',
  process: 'As a process of this machine, within the walls that this system offers.',
  kubernetes: 'In a pod of a cluster that others use too.',
  skypilot: 'On machines that are rented for it, in an account of yours.',
};

/** Why a person is asked, in sentences; what is not known stands apart, and not here once more. */
export function askedBecause({ needs, verdict, plan }: Pick<Offer, 'needs' | 'verdict' | 'plan'>): string[] {
  const unknowns = plan?.candidate?.unknowns ?? [];
  const reasons = verdict.kind === 'dialog' ? verdict.reasons : [];
  return [
    ...needs.map((need) => needWords[need]),
    ...reasons.filter((reason) => !unknowns.some((unknown) => reason.includes(unknown))),
  ];
}

/** `up to $3.20`; null where it costs nothing. */
export function boundWords(offer: Pick<Offer, 'plan'> | null): string | null {
  const micros = offer?.plan?.bound.totalMicroUsd ?? 0;
  return micros === 0 ? null : `up to ${usdText(micros)}`;
}

/** What the one button of the launch sheet says, and what pressing it does. Null: this can't be launched. */
export function submitWords(backend: BackendId, offer: Pick<Offer, 'plan' | 'verdict'> | null): string | null {
  const kind = offer?.verdict.kind ?? 'free';
  if (kind === 'closed') return null;
  const verb = kind === 'dialog' ? 'Ask for approval' : isHere(backend) ? 'Run on this machine' : 'Submit';
  const bound = boundWords(offer);
  return bound === null ? verb : `${verb}: ${bound}`;
}

/** How long it takes, as far as that is known: `about 12 min`, and `1 h at most`. */
export function timeWords({ plan, estimate }: Pick<Offer, 'plan' | 'estimate'>): string[] {
  return [
    ...(estimate.seconds === null ? [] : [`about ${span(rounded(estimate.seconds))}`]),
    ...(plan === null ? [] : [longestWords(plan.bound)]),
  ];
}

/** Seconds to as many digits as a guess deserves. */
function rounded(seconds: number): number {
  return seconds < 60 ? seconds : Math.round(seconds / 60) * 60;
}

/** `1 h 30 min at most`: the time after which it is ended. */
export function longestWords({ runSec }: Pick<Bound, 'runSec'>): string {
  return `${span(runSec)} at most`;
}

/** Where the longest time of a run comes from, in a sentence. */
export const heldByWords: Readonly<Record<Bound['heldBy'], string>> = {
  timeout: 'The limit of the task, or of the workspace, ends it.',
  cap: 'The task names no limit: what is left under the smallest cap pays for this long, and ends it.',
  longest: 'The task names no limit: no run lasts longer.',
};

/** An amount that may not be known. */
export function money(micros: MicroUsd | null, unknown = 'not known'): string {
  return micros === null ? unknown : usdText(micros);
}

/** What leaves this machine, as names and values; empty when nothing does. */
export function leavingRows({ place, uploads, secrets, hosts }: DataLeaving): [string, string][] {
  const sent = uploads.map(({ name, bytes: size }) => (size === null ? name : `${name} (${bytes(size)})`));
  return [
    ...row('Runs at', place ?? ''),
    ...row('Files sent', sent.join(', ')),
    ...row('Secrets sent', secrets.join(', ')),
    ...row('Talks to', hosts.join(', ')),
  ];
}

function row(name: string, value: string): [string, string][] {
  return value === '' ? [] : [[name, value]];
}

/** What leaves this machine, in as few words as a cell has room for. */
export function leavingShort(leaving: DataLeaving): string {
  const { uploads, secrets, hosts } = leaving;
  const parts = [
    ...(uploads.length === 0 ? [] : [`${uploads.length} ${uploads.length === 1 ? 'file' : 'files'}`]),
    ...(secrets.length === 0 ? [] : [`${secrets.length} ${secrets.length === 1 ? 'secret' : 'secrets'}`]),
    ...(hosts.length === 0 ? [] : [`requests to ${hosts.length === 1 ? (hosts[0] ?? '') : `${hosts.length} hosts`}`]),
  ];
  return parts.length === 0 ? 'Nothing' : capital(parts.join(', '));
}

/** With a capital letter at its beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A decision as a sentence: for the record of a job. */
export function decisionSentence({ kind, actor, boundMicroUsd, words }: Omit<Decision, 'at' | 'jobId'>): string {
  const bound = boundMicroUsd === 0 ? 'at no cost' : `for up to ${usdText(boundMicroUsd)}`;
  const said = words === '' ? '' : `: ${words}`;
  const head =
    kind === 'used'
      ? `Approval used ${bound}`
      : kind === 'voided'
        ? `Approval void ${bound}`
        : `${decisionWords[kind]} ${bound}`;
  return `${head} ${actorWords(actor)}${said}`;
}

/** What the button of the dialog says. */
export function approveWords(offer: Pick<Offer, 'plan'> | null): string {
  const bound = boundWords(offer);
  return bound === null ? 'Approve' : `Approve: ${bound}`;
}

/** What is likely, beside what is possible. */
export function probablyWords({ plan, estimate }: Pick<Offer, 'plan' | 'estimate'>): string {
  if (plan === null) return '';
  const cost =
    estimate.microUsd === null
      ? 'What it will cost is not known beforehand.'
      : `It will probably cost about ${usdText(estimate.microUsd)}.`;
  const times = timeWords({ plan, estimate });
  return `${plan.bound.totalMicroUsd === 0 ? '' : `${cost} `}${capital(times.join(', '))}.`;
}

/** What happens when its time is over. */
export function endWords({ bound, candidate }: Pick<LaunchPlan, 'bound' | 'candidate'>): string {
  const held = `${longestWords(bound)}. ${heldByWords[bound.heldBy]}`;
  if (candidate === null) return held;
  const idle = bound.idleSec === 0 ? '' : ` Idle machines are ended ${span(bound.idleSec)} after it.`;
  const ends = candidate.endWords === '' ? endHowWords[candidate.end] : sentence(candidate.endWords);
  const disk = bound.stoppedSec === 0 ? '' : ` What it costs while stopped is counted for ${span(bound.stoppedSec)}.`;
  return `${held}${idle} ${ends}${disk}`;
}

/** How the billing of something ends. */
export const endHowWords: Readonly<Record<Candidate['end'], string>> = {
  cancel: 'The job is cancelled, and its machines go with it.',
  stop: 'The machines are stopped; their disks stay, and cost, until they are taken down.',
  down: 'The machines are taken down, and nothing of them stays.',
};

/** With a capital letter and a full stop: parts of other programs' words have neither. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? capital(text) : `${capital(text)}.`;
}
