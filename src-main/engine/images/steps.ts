import type { ImageStep } from '../../../src-shared/api/images.ts';
import type { Step } from './step.ts';

/**
 * Long work on images as a stream of its steps. The work is stopped when nobody reads on, and waited for: nothing of it goes on
 * behind the caller’s back.
 * @param work tells its steps and gives the last one
 */
export async function* stepsOf(
  caller: AbortSignal,
  work: (
    signal: AbortSignal,
    step: Step,
    say: (step: ImageStep) => void,
  ) => Promise<Partial<ImageStep> & { message: string }>,
): AsyncGenerator<ImageStep> {
  const leaving = new AbortController();
  const signal = AbortSignal.any([caller, leaving.signal]);
  const told: ImageStep[] = [];
  let wake = () => {};
  const say = (step: ImageStep) => {
    told.push(step);
    wake();
  };
  let over = false;
  const working = work(signal, (step) => say({ ...nothing, ...step }), say).finally(() => {
    over = true;
    wake();
  });
  // It is awaited below; a failure before that is no unhandled one.
  working.catch(() => undefined);
  try {
    while (!over || told.length > 0) {
      const step = told.shift();
      if (step !== undefined) yield step;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    yield { ...nothing, ...(await working), done: true };
  } finally {
    leaving.abort(new Error('nobody waits for it any more'));
    await working.catch(() => undefined);
  }
}

const nothing = { message: '', done: false, bytes: null, total: null, image: null } as const;
