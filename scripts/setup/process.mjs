import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';

let received = null;

/** The signal that came while a program ran, or null. */
export function receivedSignal() {
  return received;
}

/**
 * Runs a program to its end with the terminal's own input and output.
 * Signals sent to this process are passed on, so a stop from outside ends the child, not only us.
 * @returns {Promise<number>} the exit code; 128 + n when signal n ended it; 127 when it could not be started
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    // A terminal gives Ctrl-C to the whole group: passing it on would make it two.
    const forward = (signal) => {
      received = signal;
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const end = (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on('error', (error) => {
      process.stderr.write(`setup: cannot start ${command}: ${error.message}\n`);
      end(127);
    });
    child.on('close', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** The trimmed stdout of a short command, or null when it is missing or fails. */
export function output(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout.trim() : null;
}
