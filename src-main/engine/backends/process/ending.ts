import { constants } from 'node:os';
import { exitCodes } from '../../../../src-shared/exit-codes.ts';
import type { Ending } from '../backend.ts';

/**
 * What an exit means. A sandbox can't die of its program's signal: it exits with 128 and the signal's number, as shells do.
 * 130 is the worker's own word for having been cancelled.
 */
export function endingOf(exitCode: number | null, signal: string | null, walled: boolean): Ending {
  if (signal !== null) return { exitCode: null, signal, found: `signal ${signal}` };
  const inner =
    walled && exitCode !== null && exitCode > 128 && exitCode !== exitCodes.cancelled
      ? Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0]
      : undefined;
  if (inner !== undefined) return { exitCode: null, signal: inner, found: `signal ${inner}, in the sandbox` };
  return { exitCode, signal: null, found: `exit code ${exitCode ?? ''}` };
}
