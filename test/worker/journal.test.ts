import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bringInJournal } from '../../src-main/engine/jobs/left-journal.ts';
import { WorkerEvent, journalLimits } from '../../src-shared/worker-protocol.ts';
import { Journal } from '../../src-worker/run/journal.ts';
import { tempFolder } from '../helpers/temp.ts';

const small = { headBytes: 4_000, segmentBytes: 1_000 };

function open(folder: string, more: Partial<ConstructorParameters<typeof Journal>[1]> = {}) {
  const failures: unknown[] = [];
  const echoed: string[] = [];
  const journal = new Journal(folder, {
    echo: (line) => echoed.push(line),
    onFailure: (cause) => failures.push(cause),
    mask: (text) => text,
    ...more,
  });
  return { journal, failures, echoed };
}

const logOf = (folder: string) => readFileSync(join(folder, 'logs.txt'), 'utf8');
const linesOf = (folder: string) => logOf(folder).trimEnd().split('\n');
const eventsOf = (folder: string) =>
  readFileSync(join(folder, 'events.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => WorkerEvent.parse(JSON.parse(line)));
const numberIn = (text: string) => Number(/line (\d+)$/.exec(text)?.[1] ?? Number.NaN);

/** Lines as numbers, and how many a line of the log says are missing. */
function account(texts: readonly string[]): { kept: number[]; cut: number } {
  const kept = texts.map(numberIn).filter((number) => !Number.isNaN(number));
  const cut = texts.reduce(
    (sum, text) => sum + Number(/(\d+) lines \(\d+ bytes\) were left out/.exec(text)?.[1] ?? 0),
    0,
  );
  return { kept, cut };
}

describe('the journal of a run', () => {
  it('keeps 100,000 lines as they are', () => {
    const folder = tempFolder();
    const { journal, failures } = open(folder);
    for (let n = 1; n <= 100_000; n += 1) journal.log('info', `A line of ordinary length about some item, line ${n}`);
    journal.close();
    expect(failures).toEqual([]);
    expect(account(linesOf(folder))).toEqual({ kept: Array.from({ length: 100_000 }, (_, n) => n + 1), cut: 0 });
    const events = eventsOf(folder);
    expect(events.length).toBeGreaterThanOrEqual(100_000);
    expect(events.every(({ seq }, n) => seq === n + 1)).toBe(true);
  });

  it('keeps beginning and end of very much, and says how many lines are missing', () => {
    const folder = tempFolder();
    const { journal, failures, echoed } = open(folder, { caps: small });
    for (let n = 1; n <= 5_000; n += 1) journal.log('info', `line ${n}`);
    journal.state('succeeded', []);
    journal.close();
    expect(failures).toEqual([]);
    for (const file of ['logs.txt', 'events.ndjson'])
      expect(statSync(join(folder, file)).size).toBeLessThan(small.headBytes + 2 * small.segmentBytes + 1_000);
    expect(readdirSync(folder).sort()).toEqual(['events.ndjson', 'logs.txt']);

    const log = account(linesOf(folder));
    expect(log.kept[0]).toBe(1);
    expect(log.kept.at(-1)).toBe(5_000);
    expect(log.kept).toEqual([...log.kept].sort((a, b) => a - b));
    expect(log.kept.length + log.cut).toBe(5_000);
    expect(logOf(folder)).toContain('what follows is held back');

    const events = eventsOf(folder);
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(events.at(-1)).toMatchObject({ type: 'state', state: 'succeeded' });
    const told = account(events.map((event) => (event.type === 'log' ? event.message : '')));
    expect(told.kept.length + told.cut).toBe(5_000);
    // Whoever started the worker hears the beginning only.
    expect(echoed.length).toBeLessThan(200);
  });

  it('keeps everything when what follows the beginning is not much', () => {
    const folder = tempFolder();
    const { journal } = open(folder, { caps: small });
    const lines = 60;
    for (let n = 1; n <= lines; n += 1) journal.log('info', `${'x'.repeat(40)} line ${n}`);
    journal.close();
    expect(account(linesOf(folder))).toEqual({ kept: Array.from({ length: lines }, (_, n) => n + 1), cut: 0 });
    expect(logOf(folder)).not.toContain('left out');
  });

  it('holds lines on disk while it runs, so that an engine can bring in those of a worker that died', () => {
    const folder = tempFolder();
    const { journal } = open(folder, { caps: small });
    for (let n = 1; n <= 5_000; n += 1) journal.log('info', `line ${n}`);
    expect(account(linesOf(folder)).kept.at(-1)).toBeLessThan(200);
    bringInJournal(folder);
    const { kept, cut } = account(linesOf(folder));
    expect(kept.at(-1)).toBe(5_000);
    expect(kept.length + cut).toBe(5_000);
    expect(eventsOf(folder).at(-1)).toMatchObject({ type: 'log', message: 'line 5000' });
    expect(readdirSync(folder).sort()).toEqual(['events.ndjson', 'logs.txt']);
    const before = logOf(folder);
    bringInJournal(folder);
    expect(logOf(folder)).toBe(before);
  });

  it('takes what is said after the end too', () => {
    const folder = tempFolder();
    const { journal } = open(folder, { caps: small });
    for (let n = 1; n <= 500; n += 1) journal.log('info', `line ${n}`);
    journal.finish();
    journal.log('error', 'afterwards, line 501');
    journal.close();
    expect(account(linesOf(folder)).kept.at(-1)).toBe(501);
    expect(eventsOf(folder).at(-1)).toMatchObject({ message: 'afterwards, line 501' });
  });

  it('is at most 32 MiB long', () => {
    expect(journalLimits.headBytes + journalLimits.segments * journalLimits.segmentBytes).toBe(32 * 1_048_576);
  });
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount) console.warn('skipped: the journal on a full disk needs root on Linux to mount a small file system');

describe.skipIf(!canMount)('on a full disk', () => {
  function fullDisk() {
    const folder = tempFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96k', 'tmpfs', folder]);
    onTestFinished(() => {
      execFileSync('umount', ['-l', folder]);
    });
    const opened = open(folder, { caps: { headBytes: 8_000, segmentBytes: 8_000 } });
    for (let n = 1; n <= 1_000; n += 1) opened.journal.log('info', `line ${n}`);
    // Somebody else takes what is left.
    const fill = join(folder, 'fill');
    spawnSync('dd', ['if=/dev/zero', `of=${fill}`, 'bs=1k']);
    return { ...opened, folder, fill };
  }
  const whole = /^\S+ (INFO|WARN) +(line \d+|There is very much.*|\d+ lines \(\d+ bytes\) were left out here\.)$/;

  it('tells once of a full disk, writes no half lines, and goes on when there is room', () => {
    const { folder, journal, failures, fill } = fullDisk();
    for (let n = 1_001; n <= 1_600; n += 1) journal.log('info', `line ${n}`);
    rmSync(fill);
    journal.log('info', 'line 1601');
    journal.close();
    expect(failures).toHaveLength(1);
    expect(linesOf(folder).filter((line) => !whole.test(line))).toEqual([]);
    expect(account(linesOf(folder)).kept.at(-1)).toBe(1_601);
  });

  it('brings in what there is room for, and counts the rest', () => {
    const { folder, journal } = fullDisk();
    journal.close();
    expect(linesOf(folder).filter((line) => !whole.test(line))).toEqual([]);
    const { kept, cut } = account(linesOf(folder));
    expect(kept.at(-1)).toBe(1_000);
    expect(kept.length + cut).toBe(1_000);
    expect(readdirSync(folder).sort()).toEqual(['events.ndjson', 'fill', 'logs.txt']);
  });
});
