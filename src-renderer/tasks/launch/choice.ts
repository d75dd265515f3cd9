import type { LaunchOption, LaunchSheet } from '../../../src-shared/api/gate.ts';
import type { Offer } from '../../../src-shared/gate/proposal.ts';
import type { BackendId } from '../../../src-shared/job.ts';

/** What a person has chosen in the sheet so far. Null: what the router takes. */
export interface Choice {
  readonly backend: BackendId | null;
  /** Machines by back end; what is absent is the cheapest. */
  readonly candidates: Readonly<Partial<Record<BackendId, string>>>;
}

export const noChoice: Choice = { backend: null, candidates: {} };

/** The back end that is chosen: a person's, else the router's, else none. */
export function chosenBackend(sheet: LaunchSheet | undefined, choice: Choice): BackendId | null {
  return choice.backend ?? sheet?.routed?.backend ?? null;
}

/** The sheet with the option of one back end as it was planned again on other machines. */
export function withReplanned(
  sheet: LaunchSheet,
  replanned: LaunchSheet | undefined,
  backend: BackendId | null,
): LaunchSheet {
  const again = replanned?.options.find((option) => option.backend === backend);
  if (again === undefined) return sheet;
  return { ...sheet, options: sheet.options.map((option) => (option.backend === backend ? again : option)) };
}

/** What a person agrees to with the button: sent along only where something needs to be agreed to. */
export interface Agreed {
  readonly planSha256: string;
  readonly candidate: string | undefined;
  /** The click is the approval, so that it must be the owner's. */
  readonly isClick: boolean;
}

/** What pressing the button agrees to; null where nothing needs approval. */
export function agreedTo(offer: Offer | null): Agreed | null {
  if (offer === null || offer.planSha256 === null || offer.needs.length === 0) return null;
  return {
    planSha256: offer.planSha256,
    candidate: offer.plan?.candidate?.id,
    isClick: offer.verdict.kind === 'click',
  };
}

/** Why an option can't be launched as it stands: refused altogether, or closed at the gate. */
export function whyNot(option: LaunchOption): { readonly message: string; readonly remedy: string | undefined } | null {
  const { refused, offer } = option;
  const error = refused ?? (offer?.verdict.kind === 'closed' ? offer.verdict.error : null);
  return error === null ? null : { message: error.message, remedy: error.remedy };
}
