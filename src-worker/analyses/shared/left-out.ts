import type { AppError } from '../../../src-shared/errors.ts';
import type { RunContext } from '../../run/context.ts';

export interface LeftOut {
  readonly id: string;
  readonly cause: AppError;
}

const maxIds = 20;

/** Warns of items that were left out: one warning for each cause. */
export function warnLeftOut(ctx: RunContext, items: readonly LeftOut[]): void {
  const byReason = new Map<string, LeftOut[]>();
  for (const one of items) {
    const { reason } = reasonOf(one);
    byReason.set(reason, [...(byReason.get(reason) ?? []), one]);
  }
  for (const group of byReason.values()) {
    const [first] = group;
    if (first === undefined) continue;
    if (group.length === 1) {
      ctx.warn(`Item ${first.id} was left out: ${first.cause.message}`);
      continue;
    }
    const ids = group.slice(0, maxIds).map(({ id }) => id);
    const more = group.length > ids.length ? ` and ${group.length - ids.length} more` : '';
    const { reason, aboutItem } = reasonOf(first);
    const why = aboutItem ? reason.replace(/^has /, 'they have ') : reason;
    ctx.warn(`${group.length} items were left out: ${why} These are ${ids.join(', ')}${more}.`);
  }
}

/** The message without the item's own name, so that the same cause reads the same for every item. */
function reasonOf({ id, cause: { message } }: LeftOut): { reason: string; aboutItem: boolean } {
  const start = `Item ${id} has `;
  const aboutItem = message.startsWith(start);
  return { reason: aboutItem ? `has ${message.slice(start.length)}` : message, aboutItem };
}
