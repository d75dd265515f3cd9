import { appendFileSync, existsSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LedgerEvent, type LedgerEventData } from '../../../src-shared/ledger.ts';
import { Chain } from '../../../src-main/engine/store/chain.ts';
import { books, gone, jobId, noon, opened, seen } from './support.ts';

describe('the file', () => {
  const filled = () => {
    const place = books();
    const ledger = place.open();
    ledger.append(opened(0, { approvals: 7 }));
    ledger.append(seen(jobId(0), 'running', place.clock.wall));
    place.clock.pass(100);
    ledger.append(opened(1, { approvals: 5 }));
    ledger.append(gone(jobId(1), 0));
    return { ...place, ledger };
  };

  it('is all there is: opened again, everything is as before', () => {
    const { ledger, open, clock } = filled();
    const again = open();
    expect(again.entries()).toEqual(ledger.entries());
    expect(again.used(clock.wall)).toEqual(ledger.used(clock.wall));
    expect([again.lines, again.mostApprovals, again.problem]).toEqual([4, 7, null]);
    expect([again.isUsed('approval-0'), again.isUsed('approval-1'), again.isUsed('approval-2')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(() => again.append(opened(2, { approvalId: 'approval-1' }))).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
  });

  it('is not there before the first line', () => {
    const ledger = books().open();
    expect([ledger.lines, ledger.mostApprovals, ledger.problem, ledger.entries(), ledger.entry(jobId(0))]).toEqual([
      0,
      0,
      null,
      [],
      null,
    ]);
    expect(ledger.used(noon)).toEqual({ dayMicroUsd: 0, workspaceMicroUsd: 0 });
  });

  it.runIf(existsSync('/dev/full'))('takes no line while the disk is full, and is then as it was', () => {
    const { open, path } = books();
    const ledger = open();
    symlinkSync('/dev/full', path);
    expect(() => ledger.append(opened(0))).toThrow();
    expect([ledger.entries(), ledger.lines, ledger.isUsed('approval-0'), ledger.problem]).toEqual([[], 0, false, null]);
    rmSync(path);
    ledger.append(opened(0));
    expect(open().entries()).toEqual(ledger.entries());
  });

  it('loses a line that a crash cut off while it was written, and goes on', () => {
    const { open, path, damages } = filled();
    appendFileSync(path, '{"v":1,"seq":5,"at":"2026-03-10T12:00:00.000Z","data":{"type":"entry.op');
    const again = open();
    expect([again.problem, again.lines, damages]).toEqual([null, 4, []]);
    again.append(opened(2));
    expect(open().lines).toBe(5);
  });

  it('that is damaged in the middle closes: nothing is added, the file stays as it is, and what came before is known', () => {
    const { open, path, damages } = filled();
    const bytes = readFileSync(path, 'utf8').split('\n');
    bytes[2] = bytes[2]!.replace('run 1', 'run 2');
    writeFileSync(path, bytes.join('\n'));
    const again = open();
    expect(again.problem).toMatchObject({ code: 'gate_closed', remedy: expect.stringContaining('backup') });
    expect(again.problem?.message).toContain('line 3');
    expect(damages).toHaveLength(1);
    expect(() => again.append(opened(3))).toThrow(again.problem!);
    expect(readFileSync(path, 'utf8')).toBe(bytes.join('\n'));
    expect(again.entries()).toMatchObject([{ id: jobId(0), state: 'running' }]);
  });

  it('whose lines make no sense together closes, though every line is whole', () => {
    const { open, path } = books();
    const chain = new Chain(path, LedgerEvent);
    const write = (data: LedgerEventData) =>
      chain.append(({ seq, prev }) => ({ v: 1, seq, at: new Date(noon).toISOString(), data, prev }));
    write(opened(0));
    write(gone(jobId(1), 0));
    write(opened(2));
    const ledger = open();
    expect(ledger.problem).toMatchObject({ code: 'gate_closed', message: expect.stringContaining('has no entry') });
    expect(ledger.entries()).toMatchObject([{ id: jobId(0) }]);
  });

  it.each(['cut', 'removed'])('%s while the engine runs closes', (how) => {
    const { ledger, path } = filled();
    if (how === 'cut') truncateSync(path, 200);
    else rmSync(path);
    expect(ledger.problem).toMatchObject({ code: 'gate_closed' });
    expect(() => ledger.append(opened(3))).toThrow(expect.objectContaining({ code: 'gate_closed' }));
    expect(ledger.entries()).toHaveLength(2);
  });
});
