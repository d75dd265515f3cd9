import type { ServicePiece } from '../../../../../src-shared/service-protocol.ts';

/** Before each piece a container engine puts which stream it is of (1 out, 2 err), three zeros, and its length. */
const headBytes = 8;

/** Takes a container's output, with times, apart into pieces as it comes in. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  /** The pieces that are whole now. */
  push(bytes: Buffer): ServicePiece[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const pieces: ServicePiece[] = [];
    let at = 0;
    while (at + headBytes <= this.#rest.length) {
      const length = this.#rest.readUInt32BE(at + 4);
      if (at + headBytes + length > this.#rest.length) break;
      const stream = this.#rest[at] === 2 ? 'err' : 'out';
      pieces.push(...piecesOf(this.#rest.toString('utf8', at + headBytes, at + headBytes + length), stream));
      at += headBytes + length;
    }
    this.#rest = this.#rest.subarray(at);
    return pieces;
  }
}

/** `2026-01-02T03:04:05.678901234Z text`, one line or a part of one. */
function piecesOf(text: string, stream: 'out' | 'err'): ServicePiece[] {
  const space = text.indexOf(' ');
  if (space < 20) return [];
  const at = fixedTime(text.slice(0, space));
  const lines = text.slice(space + 1).split('\n');
  const unfinished = lines.pop() ?? '';
  const whole = lines.map((line) => ({ at, stream, whole: true, text: line }));
  return unfinished === '' ? whole : [...whole, { at, stream, whole: false, text: unfinished }];
}

/** The same time in UTC with nine decimals, so that times compare as texts. Some engines leave out zeros, or write zones. */
function fixedTime(at: string): string {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-]\d{2}:\d{2})$/.exec(at);
  if (match === null) return at;
  const [, seconds = '', decimals = '', zone = 'Z'] = match;
  const utc = zone === 'Z' ? seconds : new Date(Date.parse(`${seconds}${zone}`)).toISOString().slice(0, 19);
  return `${utc}.${decimals.padEnd(9, '0')}Z`;
}
