import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataRoot } from '../client/data-root.ts';

/** What the command line asks of the shell. Chromium's own switches stand between ours and are passed over. */
export interface ShellArguments {
  /** The workspace folder, absolute. */
  readonly dataRoot: string;
  /** Whether a person chose it. A check of the installation takes a temporary one otherwise. */
  readonly dataRootGiven: boolean;
  /** Proves that this installation works, and ends. */
  readonly smoke: boolean;
}

/**
 * Reads the shell's arguments.
 * @param argv everything after the program's name
 * @param cwd what relative paths start from
 */
export function readArguments(argv: readonly string[], env: NodeJS.ProcessEnv, cwd: string): ShellArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: { 'data-root': { type: 'string' }, smoke: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  });
  const given = values['data-root'];
  const asked = typeof given === 'string' && given !== '' ? given : undefined;
  return {
    dataRoot: resolve(cwd, asked ?? defaultDataRoot(env)),
    dataRootGiven: asked !== undefined,
    smoke: values['smoke'] === true,
  };
}
