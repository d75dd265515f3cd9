import { describe, expect, it } from 'vitest';
import { books, jobId, machine, noon, opened, seen } from './support.ts';

describe('what was adopted', () => {
  const adopted = (
    endAt: number | null,
    hourlyMicroUsd: number | null,
    candidate = null as ReturnType<typeof machine> | null,
  ) => ({
    type: 'entry.adopted' as const,
    entryId: 'adopted-1',
    backend: 'skypilot' as const,
    resourceId: 'x-1',
    name: 'somebody’s',
    candidate,
    hourlyMicroUsd,
    startedAt: new Date(noon - 86_400_000).toISOString(),
    endAt: endAt === null ? null : new Date(endAt).toISOString(),
    actor: { by: 'owner' as const, how: 'dialog' as const },
  });

  it('costs from then on, and counts what it can cost until its end', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(adopted(noon + 7_200_000, 1_000_000));
    expect(ledger.entry('adopted-1')).toMatchObject({
      state: 'running',
      runningSec: 0,
      boundMicroUsd: 2_000_000,
      jobId: null,
    });
    clock.pass(3_600);
    expect(ledger.entry('adopted-1')).toMatchObject({
      meteredMicroUsd: 1_000_000,
      committedMicroUsd: 2_000_000,
      isOverdue: false,
    });
    clock.pass(3_600);
    expect(ledger.entry('adopted-1')).toMatchObject({ isOverdue: true, endAt: new Date(clock.wall).toISOString() });
  });

  it('is to be ended at a time, whatever it does until then', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(adopted(noon + 7_200_000, 3_700_000, machine()));
    const overdue = () => ledger.entry('adopted-1')!.isOverdue;
    clock.pass(3_600);
    ledger.append(seen('adopted-1', 'stopped', null));
    expect(ledger.entry('adopted-1')).toMatchObject({ endAt: null, isOverdue: false });
    clock.pass(1_800);
    ledger.append(seen('adopted-1', 'running', null));
    expect(ledger.entry('adopted-1')?.endAt).toBe(new Date(noon + 7_200_000).toISOString());
    clock.pass(1_799);
    expect(overdue()).toBe(false);
    clock.pass(1);
    expect(overdue()).toBe(true);
    ledger.append(seen('adopted-1', 'stopped', null));
    expect(overdue()).toBe(true);
  });

  it('is named, and ends, as what it is', () => {
    const { open } = books();
    const ledger = open();
    ledger.append(adopted(null, 1));
    ledger.append({ ...adopted(null, 1, machine({ end: 'cancel' })), entryId: 'adopted-2' });
    ledger.append({ ...adopted(null, 1, machine()), entryId: 'adopted-3' });
    expect(ledger.entries()).toMatchObject([
      {
        resourceId: 'x-1',
        startedAt: new Date(noon - 86_400_000).toISOString(),
        name: 'somebody’s',
        mode: 'cluster',
        needs: ['billed'],
        approvalId: null,
        planSha256: null,
        bound: null,
        estimateMicroUsd: null,
      },
      { mode: 'job' },
      { mode: 'cluster' },
    ]);
    ledger.append(opened(0, { mode: 'job' }));
    expect(ledger.entry(jobId(0))).toMatchObject({
      name: 'run 0',
      mode: 'job',
      approvalId: 'approval-0',
      jobId: jobId(0),
      estimateMicroUsd: 1_000_000,
    });
  });

  it('in another currency, or with a price that is not known, goes by its price per hour', () => {
    const { open, clock } = books();
    const ledger = open();
    const unknown = machine({ rates: [{ ...machine().rates[0]!, amount: null }] });
    ledger.append(adopted(null, 1_000_000, machine({ currency: 'EUR' })));
    ledger.append({ ...adopted(null, 1_000_000, unknown), entryId: 'adopted-2' });
    clock.pass(7_200);
    for (const id of ['adopted-1', 'adopted-2'])
      expect(ledger.entry(id)).toMatchObject({ meteredMicroUsd: 2_000_000, hourlyMicroUsd: 1_000_000 });
    ledger.append(seen('adopted-1', 'stopped', null));
    expect(ledger.entry('adopted-1')?.hourlyMicroUsd).toBeNull();
  });

  it('without an end is never overdue, and counts its meter', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(adopted(null, 1_000_000));
    clock.pass(360_000);
    expect(ledger.entry('adopted-1')).toMatchObject({
      boundMicroUsd: 0,
      committedMicroUsd: 100_000_000,
      isOverdue: false,
      endAt: null,
    });
  });

  it('of unknown price says so', () => {
    const { open } = books();
    const ledger = open();
    ledger.append(adopted(null, null));
    expect(ledger.entry('adopted-1')?.hourlyMicroUsd).toBeNull();
  });

  it('with a price list is metered by it, also when it is stopped', () => {
    const { open, clock } = books();
    const ledger = open();
    ledger.append(adopted(null, 3_700_000, machine()));
    ledger.append(seen('adopted-1', 'stopped', null));
    clock.pass(3_600);
    expect(ledger.entry('adopted-1')).toMatchObject({ meteredMicroUsd: 100_000, hourlyMicroUsd: 100_000 });
  });
});
