import type { Spending } from '../../../src-shared/api/spending.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import type { ClosingMemory } from './closing-memory.ts';
import type { ClosingAnswer, ClosingQuestion } from './closing-question.ts';
import { closingQuestion } from './closing-question.ts';

export interface ClosingParts {
  readonly spending: () => Promise<Spending>;
  /** Has the engine give the orders; what came of each is in its answer. */
  readonly end: (how: 'stop' | 'cancel') => Promise<Spending>;
  /** Asks the person. `remember`: they ticked that they are not to be asked again about the same. */
  readonly ask: (question: ClosingQuestion) => Promise<{ readonly button: number; readonly remember: boolean }>;
  /** Tells that an order did not get through. Answers whether to close all the same. */
  readonly confirmFailure: (reason: string) => Promise<boolean>;
  readonly memory: ClosingMemory;
  readonly limits?: { readonly askMs: number; readonly endMs: number };
}

/** An engine that does not say within this time what costs money keeps nobody from closing; an order to end may take longer. */
const usualLimits = { askMs: 3_000, endMs: 15_000 };
const orders = { keep: [], stop: ['stop'], cancel: ['cancel'], both: ['stop', 'cancel'] } as const;

/** Decides with the person whether the window closes, and has done what they want done to paid work before. */
export async function mayClose(parts: ClosingParts): Promise<boolean> {
  const { askMs, endMs } = parts.limits ?? usualLimits;
  const spending = await within(askMs, parts.spending()).catch(() => null);
  const question = spending === null ? null : closingQuestion(spending);
  if (question === null) return true;
  const remembered = question.mayRemember ? parts.memory.answerFor(question.about) : null;
  const answer = remembered ?? (await asked(question, parts));
  if (answer === null) return false;
  try {
    for (const how of orders[answer]) {
      const { open } = await within(endMs, parts.end(how));
      const failed = open.find(({ id, ending }) => question.about.includes(id) && ending?.problem != null);
      if (failed?.ending?.problem != null) return await parts.confirmFailure(failed.ending.problem);
    }
    return true;
  } catch (cause) {
    return parts.confirmFailure(toAppError(cause).message);
  }
}

async function asked(question: ClosingQuestion, { ask, memory }: ClosingParts): Promise<ClosingAnswer | null> {
  const { button, remember } = await ask(question);
  const answer = question.choices[button]?.answer ?? null;
  if (answer !== null && remember && question.mayRemember) memory.remember(question.about, answer);
  return answer;
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`The engine did not answer within ${ms / 1_000} s.`));
    }, ms);
  });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}
