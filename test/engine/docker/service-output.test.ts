import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Frames } from '../../../src-main/engine/backends/docker/service/frames.ts';
import { OutputFile } from '../../../src-main/engine/backends/docker/service/output-file.ts';
import { servicePiece } from '../../../src-shared/service-protocol.ts';
import { tempFolder } from '../../helpers/temp.ts';

const time = (nanoseconds: number) => `2026-01-02T03:04:05.${String(nanoseconds).padStart(9, '0')}Z`;
const piece = (nanoseconds: number, text: string) =>
  ({ at: time(nanoseconds), stream: 'out', whole: true, text }) as const;

function frame(stream: 1 | 2, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

function outputFile() {
  const path = join(tempFolder(), 'output');
  writeFileSync(path, '');
  const texts = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => servicePiece(line)?.text ?? []);
  return { path, texts };
}

describe('what a container engine sends', () => {
  it('comes apart into the same pieces, however it is cut', () => {
    const bytes = Buffer.concat([
      frame(1, `${time(1)} héllo\n`),
      frame(2, `${time(2)} part of a long`),
      frame(2, '2026-01-02T03:04:05.00000012Z  line\n'),
      frame(1, `${time(130)} \n`),
    ]);
    const expected = [
      { at: time(1), stream: 'out', whole: true, text: 'héllo' },
      { at: time(2), stream: 'err', whole: false, text: 'part of a long' },
      { at: time(120), stream: 'err', whole: true, text: ' line' },
      { at: time(130), stream: 'out', whole: true, text: '' },
    ];
    for (const step of [1, 3, 7, bytes.length]) {
      const frames = new Frames();
      const got = [];
      for (let at = 0; at < bytes.length; at += step) got.push(...frames.push(bytes.subarray(at, at + step)));
      expect(got).toEqual(expected);
    }
  });

  it('passes over what is no output with a time', () => {
    expect(new Frames().push(frame(1, 'no time\n'))).toEqual([]);
  });
});

describe('what was taken down', () => {
  it('is gone on with by the next engine: nothing twice, nothing missing, a torn line taken back', async () => {
    const { path, texts } = outputFile();
    const first = await OutputFile.open(path);
    expect(first.resumeAfter()).toBeNull();
    await first.append([piece(1, 'a'), piece(2, 'b'), piece(2, 'c')]);
    await first.close();
    appendFileSync(path, `${time(2)} o torn`);

    const second = await OutputFile.open(path);
    expect(second.resumeAfter()).toBe(time(2));
    // From that time on, as the container engine is asked for it.
    await second.append([piece(2, 'b'), piece(2, 'c')]);
    await second.append([piece(2, 'd'), piece(3, 'e')]);
    await second.close();
    expect(texts()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('says where something is missing that nobody took down in time', async () => {
    const { path, texts } = outputFile();
    const first = await OutputFile.open(path);
    await first.append([piece(1, 'a')]);
    await first.close();
    const second = await OutputFile.open(path);
    second.resumeAfter();
    await second.append([piece(9, 'z')]);
    await second.close();
    expect(texts()).toEqual(['a', expect.stringContaining('lost'), 'z']);
    // The line of our own is none of the service's: it confuses no later engine.
    const third = await OutputFile.open(path);
    third.resumeAfter();
    await third.append([piece(9, 'z'), piece(10, 'end')]);
    await third.close();
    expect(texts().slice(2)).toEqual(['z', 'end']);
  });

  it('of what was too much, has the end', async () => {
    const { path, texts } = outputFile();
    const file = await OutputFile.open(path);
    await file.append([piece(1, 'a'), piece(2, 'b')]);
    await file.appendEnd([piece(8, 'y'), piece(9, 'z')]);
    await file.close();
    expect(texts()).toEqual(['a', 'b', expect.stringContaining('left out'), 'y', 'z']);
  });

  it('of what was just too much, has everything', async () => {
    const { path, texts } = outputFile();
    const file = await OutputFile.open(path);
    await file.append([piece(1, 'a'), piece(2, 'b')]);
    await file.appendEnd([piece(1, 'a'), piece(2, 'b'), piece(3, 'c')]);
    await file.close();
    expect(texts()).toEqual(['a', 'b', 'c']);
  });
});
