import type { Actor } from '../../../src-shared/gate/proposal.ts';

/** What happens at the gate and to what costs without anybody asking for it. */
export const byRule: Actor = { by: 'engine', how: 'rule' };
