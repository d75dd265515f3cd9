import type { GateNeed } from './plan.ts';
import type { Actor, Decision, Proposal } from './proposal.ts';

/** Why a person is asked, in one sentence each. */
export const needWords: Readonly<Record<GateNeed, string>> = {
  billed: 'The machines it runs on cost money.',
  shared: 'It runs on a cluster that other people use.',
  service: 'It runs a program that does not come with Transect.',
  requester_pays: 'It reads buckets whose reader pays for what is read.',
};

export const decisionWords: Readonly<Record<Decision['kind'], string>> = {
  proposed: 'Proposed',
  approved: 'Approved',
  refused: 'Refused',
  voided: 'Void',
  expired: 'Expired',
  used: 'Used',
  withdrawn: 'Withdrawn',
};

/** Who did it and how: `by the owner, in the dialog`. */
export function actorWords({ by, how }: Actor): string {
  if (by === 'engine') return 'by a rule';
  const who = by === 'owner' ? 'by the owner' : 'by an agent or script';
  const where = { click: 'with a click', dialog: 'in the dialog', terminal: 'on the command line', api: '', rule: '' }[
    how
  ];
  return where === '' ? who : `${who}, ${where}`;
}

/** Who planned it last, where that is not who asked for it: `Planned anew by an agent or script`. */
export function replannedWords({ by, plannedBy }: Pick<Proposal, 'by' | 'plannedBy'>): string | null {
  return by.by === plannedBy.by && by.how === plannedBy.how ? null : `Planned anew ${actorWords(plannedBy)}`;
}
