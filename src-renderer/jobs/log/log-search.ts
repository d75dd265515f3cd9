import type { LogBuffer } from './log-buffer.ts';

/** The lines of a log that hold a text, kept up while the log grows. Case does not matter. */
export class LogSearch {
  readonly query: string;
  readonly #buffer: LogBuffer;
  #found: number[] = [];
  /** Lines that were looked at, counted from the very first. */
  #seen = 0;
  #dropped = 0;

  constructor(buffer: LogBuffer, query: string) {
    this.#buffer = buffer;
    this.query = query.toLowerCase();
  }

  /** Indexes of matching lines, rising, in the buffer as it is now. */
  matches(): readonly number[] {
    if (this.query === '') return [];
    const { dropped, length } = this.#buffer;
    if (dropped < this.#dropped || dropped + length < this.#seen) [this.#found, this.#seen] = [[], 0];
    else if (dropped > this.#dropped) {
      const gone = dropped - this.#dropped;
      this.#found = this.#found.map((line) => line - gone).filter((line) => line >= 0);
    }
    this.#dropped = dropped;
    for (let line = Math.max(0, this.#seen - dropped); line < length; line += 1)
      if (this.#buffer.line(line).toLowerCase().includes(this.query)) this.#found.push(line);
    // The last line may still be written: it is looked at again.
    this.#seen = dropped + Math.max(0, length - 1);
    const answer = [...this.#found];
    if (this.#found.at(-1) === length - 1) this.#found.pop();
    return answer;
  }
}

/** The match to go to from a line: the next after it or the one before it, around the ends. Null when there is none. */
export function step(matches: readonly number[], from: number | null, by: 1 | -1): number | null {
  if (matches.length === 0) return null;
  if (by === 1) return matches.find((line) => line > (from ?? -1)) ?? matches[0] ?? null;
  return matches.findLast((line) => line < (from ?? Infinity)) ?? matches.at(-1) ?? null;
}

/** A line in parts, of which every other one matches, beginning with one that does not. */
export function highlight(text: string, query: string): string[] {
  const lower = text.toLowerCase();
  // A few letters change their length in lower case: then places in it mean nothing.
  if (query === '' || lower.length !== text.length) return [text];
  const parts: string[] = [];
  let end = 0;
  for (let at = lower.indexOf(query); at >= 0; at = lower.indexOf(query, end)) {
    parts.push(text.slice(end, at), text.slice(at, at + query.length));
    end = at + query.length;
  }
  parts.push(text.slice(end));
  return parts;
}
