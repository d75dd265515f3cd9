import { spawn } from 'node:child_process';
import { constants, accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppError } from '../../../src-shared/errors.ts';
import { given } from '../../client/environment.ts';

/** How to run one program of the system. */
export interface ToolCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal: AbortSignal;
}

/** Absolute path of a program on PATH, or null. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | null {
  const names = process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  for (const folder of (given(env, 'PATH') ?? '').split(delimiter))
    for (const file of names) {
      if (folder === '') continue;
      const path = join(folder, file);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // The next folder.
      }
    }
  return null;
}

/**
 * Runs a program to its end. Its standard output goes to `read`, as bytes; without it, it is dropped.
 * @returns what `read` gave
 * @throws AppError `backend_unavailable` with the last lines that the program said, when it does not end with 0
 */
export async function runTool<T = null>(
  call: ToolCall,
  read?: (output: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T | null> {
  call.signal.throwIfAborted();
  const child = spawn(call.program, call.args, {
    env: { ...call.env, LC_ALL: 'C.UTF-8' },
    cwd: call.cwd,
    signal: call.signal,
    // What is stopped leaves nothing worth tidying up: its folder is thrown away.
    killSignal: 'SIGKILL',
    stdio: ['ignore', read === undefined ? 'ignore' : 'pipe', 'pipe'],
  });
  let failure: Error | null = null as Error | null;
  child.on('error', (cause) => (failure = cause));
  // Also after a failure: nothing may write into a folder that is being removed.
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const { stderr, stdout } = child;
  const told = Promise.all([
    stderr === null ? '' : text(stderr),
    read === undefined || stdout === null ? null : read(stdout as AsyncIterable<Buffer>),
  ]).catch((cause: unknown) => {
    child.kill('SIGKILL');
    failure ??= cause as Error;
    return ['', null] as const;
  });
  const [code, [said, value]] = await Promise.all([closed, told]);
  call.signal.throwIfAborted();
  if (failure !== null) throw failure;
  if (code === 0) return value;
  const words = said.trim().split('\n').slice(-3).join(' ');
  throw new AppError('backend_unavailable', `${call.program} ended with ${code ?? 'a signal'}: ${words}`);
}
