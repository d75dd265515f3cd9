import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Following } from '../../../src-renderer/jobs/log/follow-log.ts';
import { followLog } from '../../../src-renderer/jobs/log/follow-log.ts';
import { LogBuffer, mostLines, parseLogLine } from '../../../src-renderer/jobs/log/log-buffer.ts';
import { LogSearch, highlight, step } from '../../../src-renderer/jobs/log/log-search.ts';

const linesOf = (buffer: LogBuffer) => Array.from({ length: buffer.length }, (_, index) => buffer.line(index));
const words = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, ''));

describe('the buffer of a log', () => {
  it('gives the lines of the text and its length in bytes, however it arrives', () => {
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (lines, cuts) => {
          const signs = Array.from(lines.join('\n'));
          const buffer = new LogBuffer();
          for (let [at, turn] = [0, 0]; at < signs.length; turn += 1) {
            const length = cuts[turn % cuts.length]!;
            buffer.append(signs.slice(at, at + length).join(''));
            at += length;
          }
          const expected = lines.join('\n').split('\n');
          // A line that nothing was written to yet is not shown.
          if (expected.at(-1) === '') expected.pop();
          expect(linesOf(buffer)).toEqual(expected);
          if (!lines.join('').includes('\ufffd')) expect(buffer.resumeAt()).toBe(Buffer.byteLength(lines.join('\n')));
        },
      ),
    );
  });

  it('begins anew where the bytes cannot be counted', () => {
    const buffer = new LogBuffer();
    buffer.append('one\n\ufffd two\n');
    expect(buffer.resumeAt()).toBe(0);
    expect(buffer.length).toBe(0);
  });

  it('lets the oldest of very many lines go, and counts them', () => {
    const buffer = new LogBuffer();
    const block = 'a line\n'.repeat(50_000);
    for (let turn = 0; turn < 13; turn += 1) buffer.append(block);
    expect(buffer.length + buffer.dropped).toBe(650_000);
    expect(buffer.length).toBeLessThanOrEqual(mostLines + mostLines / 10);
  });

  it('cuts a line that is too long to draw, and says so', () => {
    const buffer = new LogBuffer();
    buffer.append(`${'x'.repeat(20_010)}\n`);
    expect(buffer.line(0)).toMatch(/x … 10 more characters$/);
  });

  it('takes lines apart', () => {
    expect(parseLogLine('2026-11-22T01:40:09.600Z WARN  Two  spaces')).toEqual({
      time: '2026-11-22T01:40:09.600Z',
      level: 'warn',
      message: 'Two  spaces',
    });
    expect(parseLogLine('2026-11-22T01:40:09.600Z ERROR bad')).toMatchObject({ level: 'error', message: 'bad' });
    expect(parseLogLine('Traceback: x')).toEqual({ time: null, level: null, message: 'Traceback: x' });
  });
});

describe('searching a log', () => {
  it('finds the same while the log grows as at its end', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'B', 'ab\n', 'x\nA', '\n', 'bA'), { maxLength: 40 }), (pieces) => {
        const buffer = new LogBuffer();
        const search = new LogSearch(buffer, 'AB');
        for (const piece of pieces) {
          buffer.append(piece);
          const expected = linesOf(buffer).flatMap((line, index) => (line.toLowerCase().includes('ab') ? [index] : []));
          expect(search.matches()).toEqual(expected);
        }
      }),
    );
  });

  it('keeps its matches when old lines go and when the log begins anew', () => {
    const buffer = new LogBuffer();
    const search = new LogSearch(buffer, 'needle');
    buffer.append(`${'hay\n'.repeat(550_000)}needle\n`);
    buffer.append('hay\n'.repeat(10));
    const found = search.matches();
    expect(found).toHaveLength(1);
    expect(buffer.line(found[0]!)).toBe('needle');
    buffer.append('hay\n'.repeat(60_000));
    expect(search.matches().map((line) => buffer.line(line))).toEqual(['needle']);
    buffer.clear();
    expect(search.matches()).toEqual([]);
    buffer.append('a needle\n');
    expect(search.matches()).toEqual([0]);
  });

  it('searches 200,000 lines', () => {
    const buffer = new LogBuffer();
    buffer.append('2026-11-22T01:40:09.600Z INFO  Block 17 of 4096 was read from the source.\n'.repeat(200_000));
    expect(new LogSearch(buffer, 'of 4096').matches()).toHaveLength(200_000);
  });

  it('steps to the next and the one before, around the ends', () => {
    expect(step([2, 5, 9], null, 1)).toBe(2);
    expect(step([2, 5, 9], 5, 1)).toBe(9);
    expect(step([2, 5, 9], 9, 1)).toBe(2);
    expect(step([2, 5, 9], 2, -1)).toBe(9);
    expect(step([2, 5, 9], null, -1)).toBe(9);
    expect(step([], 3, 1)).toBeNull();
  });

  it('marks what matches without changing the text', () => {
    fc.assert(
      fc.property(words, words, (text, query) => {
        expect(highlight(text, query.toLowerCase()).join('')).toBe(text);
      }),
    );
    expect(highlight('Plan: a PLAN', 'plan')).toEqual(['', 'Plan', ': a ', 'PLAN', '']);
  });
});

describe('following a log', () => {
  /** A log on an engine that stops after each of `cuts` bytes, at any byte of a character, and then comes back. */
  async function follow(text: string, cuts: readonly number[]) {
    const file = Buffer.from(text);
    const told: Following['state'][] = [];
    const asked: number[] = [];
    let [turn, written] = [0, 0];
    const buffer = new LogBuffer();
    await followLog(
      buffer,
      {
        hasEnded: () => Promise.resolve(written >= file.length),
        open: (after, isFollowing) => {
          asked.push(after);
          if (turn % 3 === 2) {
            turn += 1;
            return Promise.reject(new Error('not heard'));
          }
          written = isFollowing ? Math.min(file.length, written + cuts[turn++ % cuts.length]!) : file.length;
          // As the client decodes: an unfinished character at the end is not given.
          const piece = new TextDecoder().decode(file.subarray(after, written), { stream: true });
          return Promise.resolve(
            (async function* () {
              yield await Promise.resolve(piece);
            })(),
          );
        },
        wait: () => Promise.resolve(),
      },
      new AbortController().signal,
      ({ state }) => told.push(state),
    );
    return { buffer, told, asked };
  }

  it('gives every byte once, whatever breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(words, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
        async (lines, cuts) => {
          const text = lines.join('\n').replaceAll('\ufffd', '?');
          const { buffer, told } = await follow(text, cuts);
          expect(buffer.text()).toBe(text);
          expect(told.at(-1)).toBe('ended');
        },
      ),
    );
  });

  it('says when the engine is not heard, and goes on at the byte where it stopped', async () => {
    const { asked, told } = await follow('äöü\nabc\n', [3]);
    expect(told).toContain('broken');
    expect(asked).toEqual([0, 2, 6, 6, 9, 11, 11]);
  });
});
