import { StringDecoder } from 'node:string_decoder';
import { AppError } from '../../src-shared/errors.ts';

const maxBytes = 65_536;

/**
 * A value that must not stand on a command line: asked for without an echo at a terminal, else all of standard input without
 * its last line end. @throws AppError `cancelled` at Ctrl-C, `bad_data` when it is empty or too long
 */
export async function readHidden(prompt: string): Promise<string> {
  const { stdin } = process;
  const value = stdin.isTTY ? await typed(prompt, false) : (await piped()).replace(/\r?\n$/, '');
  if (value === '') throw new AppError('bad_data', 'The value is empty.', { remedy: 'Give it on standard input.' });
  if (Buffer.byteLength(value) > maxBytes)
    throw new AppError('over_limit', `The value is longer than ${maxBytes} bytes.`, {
      remedy: 'Store what opens the file, not the file.',
    });
  return value;
}

/**
 * What only a person may say: asked for without an echo, and of a terminal alone. A program that pipes it in is no person.
 * @throws AppError `denied` without a terminal, `cancelled` at Ctrl-C
 */
export async function readHiddenAtTerminal(prompt: string): Promise<string> {
  requireTerminal();
  return typed(prompt, false);
}

/** A line that is shown as it is typed, of a terminal alone. @throws as `readHiddenAtTerminal` */
export async function readAtTerminal(prompt: string): Promise<string> {
  requireTerminal();
  return typed(prompt, true);
}

function requireTerminal(): void {
  if (process.stdin.isTTY && process.stderr.isTTY) return;
  throw new AppError('denied', 'A person has to answer at a terminal, and there is none.', {
    remedy: 'Run this command in a terminal, or decide in the window.',
  });
}

async function piped(): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxBytes + 2) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}

function typed(prompt: string, isShown: boolean): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  const decoder = new StringDecoder('utf8');
  let value = '';
  return new Promise<string>((resolve, reject) => {
    const done = (end: () => void) => {
      stdin.off('data', read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      end();
    };
    const read = (piece: Buffer) => {
      for (const letter of decoder.write(piece)) {
        if (letter === '\r' || letter === '\n' || letter === '\u0004') {
          done(() => {
            resolve(value);
          });
          return;
        }
        if (letter === '\u0003') {
          done(() => {
            reject(new AppError('cancelled', 'Nothing was done.'));
          });
          return;
        }
        const isBack = letter === '\u007f' || letter === '\b';
        // Keys such as the arrows would move about in the terminal.
        if (isShown && !isBack && letter < ' ') continue;
        if (isShown && (!isBack || value !== '')) stderr.write(isBack ? '\b \b' : letter);
        value = isBack ? value.replace(/.$/su, '') : value + letter;
      }
    };
    stdin.on('data', read);
    stdin.resume();
  });
}
