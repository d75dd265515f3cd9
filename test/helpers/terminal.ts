import { spawn, spawnSync } from 'node:child_process';
import { devNull } from 'node:os';
import type { Finished } from './programs.ts';
import { cliCommand } from './programs.ts';

const script = spawnSync('script', ['--version'], { encoding: 'utf8' });
/** Whether this machine can give a program a terminal: `script` of util-linux. */
export const hasTerminal =
  process.platform === 'linux' && script.error === undefined && script.stdout.includes('util-linux');
if (!hasTerminal) console.warn('Skipping the tests at a terminal: `script` of util-linux is not here.');

/** What a person types: the text that asks for it, and the answer. In this order. */
export type Typed = readonly [prompt: string, answer: string];

/**
 * Runs the command line at a terminal of its own, where a person types. `stdout` is all that the terminal shows.
 * @throws Error when the program ends, or says nothing for 30 s, before it has asked for everything
 */
export async function atTerminal(
  args: readonly string[],
  answers: readonly Typed[],
  env: Record<string, string> = {},
): Promise<Finished> {
  const command = [...cliCommand, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, devNull], {
    env: { ...process.env, INIT_CWD: '', TERM: 'dumb', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let [shown, seen] = ['', 0];
  const left = [...answers];
  const answer = () => {
    const next = left[0];
    if (next === undefined) return;
    const place = shown.indexOf(next[0], seen);
    if (place < 0) return;
    seen = place + next[0].length;
    left.shift();
    // What asks makes the terminal ready after it has asked: a key before that would be shown.
    setTimeout(() => child.stdin.write(`${next[1]}\r`), 100);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    answer();
  });
  const patience = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(patience);
  if (left.length > 0) throw new Error(`nobody asked ${JSON.stringify(left[0]?.[0])} in:\n${shown}`);
  return { code, stdout: shown.replaceAll('\r\n', '\n'), stderr: '' };
}
