import { jobScheme } from '../../../src-shared/native.ts';
import { isOwnPage } from '../native/sender.ts';
import { runFileOf } from '../proxy/job-files.ts';

export interface FrameMove {
  readonly target: string;
  /** Whether the window's own page would be replaced. */
  readonly isMainFrame: boolean;
  /** The address of the page that asked for it; null where that is not known. */
  readonly initiator: string | null;
}

/**
 * Whether a frame may go there. The window shows its own page and nothing else; frames in it show files of runs, and a run's page
 * leads to files of the same run only.
 */
export function mayGo({ target, isMainFrame, initiator }: FrameMove): boolean {
  if (isMainFrame) return isOwnPage(target);
  const wanted = runFileAt(target);
  if (wanted === null || initiator === null) return false;
  return isOwnPage(initiator) || wanted.jobId === runFileAt(initiator)?.jobId;
}

function runFileAt(address: string): ReturnType<typeof runFileOf> {
  return address.startsWith(`${jobScheme}://`) ? runFileOf(address) : null;
}

const loadable = new Set(['app:', `${jobScheme}:`, 'devtools:', 'data:', 'blob:']);

/** Whether anything in the window may load this address. No address outside of this machine is among them. */
export function mayLoad(address: string): boolean {
  try {
    return loadable.has(new URL(address).protocol);
  } catch {
    return false;
  }
}
