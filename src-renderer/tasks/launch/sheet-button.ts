import type { LaunchOption } from '../../../src-shared/api/gate.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { submitWords } from '../../approvals/gate-words.ts';
import type { Agreed } from './choice.ts';
import { agreedTo, whyNot } from './choice.ts';

interface SheetButton {
  readonly words: string;
  /** Whether pressing it leads to the approval dialog, and nothing runs yet. */
  readonly asks: boolean;
  readonly isReady: boolean;
  readonly agreed: Agreed | null;
}

interface ButtonOf {
  readonly task: Task;
  readonly hasSheet: boolean;
  /** What is chosen; null where nobody has chosen and the router would refuse. */
  readonly option: LaunchOption | null;
  /** Another answer is on its way: what is shown may not be what would be agreed to. */
  readonly isAsking: boolean;
  readonly hasFailed: boolean;
}

/** The one button of the launch sheet: its words follow what is chosen. */
export function sheetButton({ task, hasSheet, option, isAsking, hasFailed }: ButtonOf): SheetButton {
  const elsewhere = task.backend === 'kubernetes' || task.backend === 'skypilot';
  const plain = elsewhere ? 'Submit' : 'Run on this machine';
  // Nothing is known of it: the engine decides, and refuses or asks where it must.
  if (option === null)
    return { words: plain, asks: false, isReady: !isAsking && (hasSheet || hasFailed), agreed: null };
  const words = submitWords(option.backend, option.offer);
  return {
    words: words ?? plain,
    asks: option.offer?.verdict.kind === 'dialog',
    isReady: !isAsking && !hasFailed && words !== null && whyNot(option) === null,
    agreed: agreedTo(option.offer),
  };
}
