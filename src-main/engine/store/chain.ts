import { hash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import { syncFolder, writeAll } from './files.ts';

const firstPrev = '0'.repeat(64);

/** What every line of a hash-chained file holds: its number from 1, and the hashes of the line before and of itself. */
export interface Link {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
}

/** What a chained file holds. An unfinished last line lies beyond `goodBytes`: it was never acknowledged to anybody. */
export interface ChainReading<E> {
  readonly events: E[];
  readonly goodBytes: number;
}

/** The sha256 that chains a line to the one before: over the line's own text up to its `hash`, closed with a bracket. */
function hashOf(body: string): string {
  return hash('sha256', body);
}

interface Lines {
  readonly lines: string[];
  readonly goodBytes: number;
}

/**
 * The lines of a chained file as text, each proved to follow the one before, without reading what they say. Every line ends
 * with `,"prev":"<64>","hash":"<64>"}`.
 * @throws AppError `bad_data` naming the first line that was changed
 */
export function readLinks(path: string): Lines {
  const read = linksUntilDamage(path);
  if (read.isDamaged) throw damaged(path, read.lines.length);
  return read;
}

/** As `readLinks`, up to the first line that was changed. */
function linksUntilDamage(path: string): Lines & { readonly isDamaged: boolean } {
  const bytes = readFileSync(path);
  const goodBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.toString('utf8', 0, goodBytes).split('\n').slice(0, -1);
  let prev = firstPrev;
  for (const [index, line] of lines.entries()) {
    const own = line.slice(-66, -2);
    const end = `,"hash":"${own}"}`;
    if (!line.endsWith(`,"prev":"${prev}"${end}`) || own !== hashOf(`${line.slice(0, -end.length)}}`))
      return { lines: lines.slice(0, index), goodBytes, isDamaged: true };
    prev = own;
  }
  return { lines, goodBytes, isDamaged: false };
}

/** What a chained file says before its first damaged line, for those who only look: nothing may be appended to it. */
export function readUntilDamage<E extends Link>(path: string, schema: z.ZodType<E>): E[] {
  const events: E[] = [];
  try {
    for (const [index, line] of linksUntilDamage(path).lines.entries())
      events.push(parseLink(line, index, path, schema));
  } catch {
    // A line that is whole and says nothing of ours, or a file that can't be read: what came before it stands.
  }
  return events;
}

/** Reads and verifies a chained file. @throws AppError `bad_data` naming the first line that is damaged or out of order. */
export function readChain<E extends Link>(path: string, schema: z.ZodType<E>): ChainReading<E> {
  const { lines, goodBytes } = readLinks(path);
  const events = lines.map((line, index) => parseLink(line, index, path, schema));
  return { events, goodBytes };
}

/** What a line that follows says, at its place from 0. @throws AppError `bad_data` when it is nothing of ours */
export function parseLink<E extends Link>(line: string, index: number, path: string, schema: z.ZodType<E>): E {
  try {
    const event = schema.parse(JSON.parse(line));
    if (event.seq === index + 1) return event;
  } catch {
    // Said below.
  }
  throw damaged(path, index);
}

function damaged(path: string, index: number): AppError {
  return new AppError('bad_data', `${path}: line ${index + 1} was changed or damaged.`, {
    remedy: 'Restore the file from a backup. Transect leaves it as it is.',
  });
}

/** Appends to one chained file; each event is on disk before `append` returns. One writer only. */
export class Chain<E extends Link> {
  readonly #path: string;
  readonly #schema: z.ZodType<E>;
  #seq: number;
  #prev: string;
  #bytes: number;

  constructor(path: string, schema: z.ZodType<E>, reading?: ChainReading<E>) {
    this.#path = path;
    this.#schema = schema;
    this.#seq = reading?.events.length ?? 0;
    this.#prev = reading?.events.at(-1)?.hash ?? firstPrev;
    this.#bytes = reading?.goodBytes ?? 0;
  }

  /** Size of the file in bytes after the last append. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends the event that `make` gives for its place in the chain: everything but its `hash`, `prev` last. */
  append(make: (place: Pick<Link, 'seq' | 'prev'>) => Omit<E, 'hash'>): E {
    const body = make({ seq: this.#seq + 1, prev: this.#prev });
    const text = JSON.stringify(body);
    const own = hashOf(text);
    const line = Buffer.from(`${text.slice(0, -1)},"hash":"${own}"}\n`);
    // Through the schema: an event that could not be read again is never written.
    const event = this.#schema.parse({ ...body, hash: own });
    const fresh = this.#bytes === 0;
    const folder = dirname(this.#path);
    if (fresh) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const fd = openSync(this.#path, fresh ? 'w' : 'r+', 0o600);
    try {
      // Cuts off a torn line that a crash or a full disk left behind.
      ftruncateSync(fd, this.#bytes);
      writeAll(fd, line, this.#bytes);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (fresh) {
      syncFolder(folder);
      syncFolder(dirname(folder));
    }
    this.#seq = event.seq;
    this.#prev = event.hash;
    this.#bytes += line.length;
    return event;
  }
}
