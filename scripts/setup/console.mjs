import { receivedSignal } from './process.mjs';

// What set-up says. Everything goes to stderr: stdout belongs to the program that runs after set-up (`transect --json`).

/** Prints one line of set-up. */
export function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

/** Runs one step, names it and says how long it took. Returns what the step returns. */
export async function step(name, run) {
  const start = performance.now();
  say(`${name} ...`);
  const result = await run();
  if (receivedSignal() !== null) throw new SetupError(`stopped by ${receivedSignal()}; run the same command to go on`);
  say(`${name}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** A problem a person can solve: printed without a stack. */
export class SetupError extends Error {}
