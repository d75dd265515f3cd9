import { Pin } from '../../src-shared/api/owner.ts';

interface PinProblem {
  readonly of: 'pin' | 'again';
  readonly words: string;
}

/** What is wrong with a new PIN that is typed twice; null when nothing is, or nothing was typed yet. */
export function pinProblem(pin: string, again: string): PinProblem | null {
  if (pin === '') return null;
  const issue = Pin.safeParse(pin).error?.issues[0];
  if (issue !== undefined) return { of: 'pin', words: `It ${issue.message}.` };
  return again === '' || again === pin ? null : { of: 'again', words: 'The two are not the same.' };
}
