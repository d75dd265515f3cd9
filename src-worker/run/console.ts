import type { AppError } from '../../src-shared/errors.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { presentable } from './remedies.ts';

/** A closed pipe must not end the run: what matters is in the folder. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** The error as one JSON line on stderr, for whoever started the worker without a folder to look into. */
export function sayError(error: AppError, secrets: KnownSecrets): void {
  process.stderr.write(`${JSON.stringify(secrets.maskAll(presentable(error).toData()))}\n`);
}

/** Ends the process when everything printed has left it. */
export function exitWhenPrinted(code: number): void {
  let open = 2;
  const close = () => {
    open -= 1;
    if (open === 0) process.exit(code);
  };
  for (const stream of [process.stdout, process.stderr])
    if (stream.destroyed) close();
    else stream.write('', close);
}
