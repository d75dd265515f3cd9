import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { LaunchPlan } from '../../../src-shared/gate/plan.ts';

/** The one text of a value as JSON (RFC 8785): the same whatever the order of its keys. @throws for what is no JSON */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('There is no JSON of nothing.');
  return text;
}

/** The sha256 that an approval is bound to. What the schema does not know is refused, so that nothing escapes the hash. */
export function planHash(plan: LaunchPlan): string {
  return createHash('sha256')
    .update(canonicalText(LaunchPlan.parse(plan)))
    .digest('hex');
}
