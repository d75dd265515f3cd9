import { describe, expect, it, onTestFinished } from 'vitest';
import type { SpendingNews } from '../../src-main/shell/spending/spending-watch.ts';
import { SpendingWatch } from '../../src-main/shell/spending/spending-watch.ts';
import { noticesOf } from '../../src-main/shell/spending/notices.ts';
import { trayPixels } from '../../src-main/shell/spending/tray-pixels.ts';
import { trayView } from '../../src-main/shell/spending/tray-view.ts';
import type { LedgerEntry } from '../../src-shared/ledger.ts';
import { JobId } from '../../src-shared/job-id.ts';
import { JobState } from '../../src-shared/job.ts';
import { linkTo, listenInEnginesPlace } from './engine-stub.ts';
import { entry, spendingOf } from './ledger-entry.ts';

const jobId = (end: string) => JobId.parse(`20261122t014448z-example-ssjah${end}`);
const waits = (...ends: string[]) => ends.map((end) => ({ jobId: jobId(end), taskName: `Task ${end}` }));
const news = (open: LedgerEntry[] = [], waiting: SpendingNews['waiting'] = []): SpendingNews => ({
  spending: spendingOf(open, { waiting: waiting.length }),
  waiting,
});
const late = (id: string, more: Partial<LedgerEntry> = {}) => entry({ id, isOverdue: true, ...more });

describe('notices', () => {
  it('tell of each job that begins to wait, once, and lead to it', () => {
    const [before, now] = [news([], waits('a')), news([], waits('a', 'b'))];
    expect(noticesOf(before, now, false)).toEqual([
      {
        title: 'Waits for your approval: Task b',
        body: 'It does not run before you say so.',
        place: { kind: 'approval', jobId: jobId('b') },
      },
    ]);
    expect(noticesOf(now, now, false)).toEqual([]);
  });

  it('tell nobody of proposals who looks at the window, or before whom they waited', () => {
    expect(noticesOf(news(), news([], waits('a')), true)).toEqual([]);
    expect(noticesOf(null, news([], waits('a')), false)).toEqual([]);
  });

  it('tell of what is past its time, always and once, with what it costs and why it goes on', () => {
    const ending = { how: 'stop', reason: 'time is up', problem: 'The provider refused.', at: '2026-01-01T00:00:00Z' };
    const now = news([late('a', { ending: ending as LedgerEntry['ending'] }), entry({ id: 'b' })]);
    for (const before of [null, news([entry({ id: 'a' })])])
      expect(noticesOf(before, now, true)).toEqual([
        {
          title: 'Past its time to end: Forest',
          body: 'It goes on to cost $1.00/h. The order to end it failed: The provider refused.',
          place: { kind: 'costs' },
        },
      ]);
    expect(noticesOf(now, now, true)).toEqual([]);
    expect(noticesOf(null, news([late('a', { hourlyMicroUsd: null })]), true)[0]?.body).toMatch(/not known/);
  });

  it('are one for many', () => {
    expect(noticesOf(news(), news([], waits('a', 'b', 'c', 'd')), false)).toMatchObject([
      { title: '4 jobs wait for your approval', place: { kind: 'approvals' } },
    ]);
    expect(noticesOf(null, news(['a', 'b', 'c', 'd'].map((id) => late(id))), false)).toMatchObject([
      { title: '4 things are past the time to end', body: 'They go on to cost $4.00/h.', place: { kind: 'costs' } },
    ]);
  });
});

describe('the tray', () => {
  it('is there only while something costs or waits', () => {
    expect(trayView(news())).toBeNull();
    expect(trayView(news([entry({ state: 'stopped', hourlyMicroUsd: 11 })]))).toBeNull();
    expect(trayView(news([entry({ needs: ['shared'], hourlyMicroUsd: 0 })]))).toBeNull();
  });

  it('says what costs, what is late and what waits, and leads there', () => {
    expect(trayView(news([entry(), late('b')], waits('a')))).toEqual({
      tooltip: 'Transect\n1 past the time to end\n$2.00/h for 2\n1 job waits for approval',
      isAlarm: true,
      items: [
        { label: '1 past the time to end', place: { kind: 'costs' } },
        { label: '$2.00/h for 2', place: { kind: 'costs' } },
        { label: '1 job waits for approval', place: { kind: 'approval', jobId: jobId('a') } },
      ],
    });
    expect(trayView(news([], waits('a', 'b')))).toMatchObject({
      isAlarm: false,
      items: [{ label: '2 jobs wait for approval', place: { kind: 'approvals' } }],
    });
  });

  it('has a red dot for an alarm and is clear in its corners', () => {
    const at = (pixels: Buffer, x: number, y: number) => [...pixels.subarray((y * 32 + x) * 4, (y * 32 + x) * 4 + 4)];
    const [calm, alarm] = [trayPixels(32, false), trayPixels(32, true)];
    expect(at(calm, 0, 0)).toEqual([0, 0, 0, 0]);
    expect(at(calm, 16, 6)).toEqual([0x86, 0x6b, 0x0b, 255]);
    expect(at(calm, 16, 15)).toEqual([255, 255, 255, 255]);
    expect(at(calm, 24, 24)).toEqual([0x86, 0x6b, 0x0b, 255]);
    expect(at(alarm, 24, 24)).toEqual([0x2b, 0x2b, 0xd0, 255]);
  });
});

describe('the watch', () => {
  const counts = Object.fromEntries(JobState.options.map((state) => [state, 0]));
  /** An engine that says what costs, and tells events when told to. */
  async function arrange(everyMs = 60_000) {
    const silent = (): void => undefined;
    const state = { spending: spendingOf([]), calls: 0, asked: [] as string[], tell: silent };
    const engine = await listenInEnginesPlace((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://engine');
      state.asked.push(request.url ?? '');
      if (pathname === '/api/v1/spending') {
        state.calls += 1;
        response.end(JSON.stringify(state.spending));
      } else if (pathname === '/api/v1/jobs')
        response.end(JSON.stringify({ jobs: [], total: 0, counts, next: null, place: null }));
      else if (pathname === '/api/v1/health') response.end(JSON.stringify(engine.connection.health));
      else if (pathname === '/api/v1/events') {
        response.write('\n');
        const event = (seq: number) => ({
          ...{ v: 1, seq, at: '2026-01-01T00:00:00Z', jobId: jobId('a'), prev: '', hash: '' },
          data: { type: 'job.state', from: 'draft', to: 'awaiting_approval' },
        });
        state.tell = () => {
          response.write(`${JSON.stringify({ cursor: 1, epoch: 'e', event: event(1) })}\n`);
        };
      } else response.writeHead(404).end();
    });
    const link = linkTo(engine);
    const heard: SpendingNews[] = [];
    const watch = new SpendingWatch({ link, onNews: (one) => heard.push(one), everyMs });
    onTestFinished(() => {
      watch.stop();
    });
    return { state, link, heard, watch, engine };
  }

  it('looks while an engine is there, and starts none', async () => {
    const { state, link, heard, watch } = await arrange();
    await watch.look();
    expect([state.calls, link.state.state, heard]).toEqual([0, 'starting', []]);
    await link.connection();
    await watch.look();
    expect(heard).toEqual([{ spending: state.spending, waiting: [] }]);
    link.lost(await link.connection());
    await watch.look();
    expect([heard.length, link.state.state]).toEqual([1, 'starting']);
  });

  it('looks again and again, and soon after an event', async () => {
    const { link, heard, watch } = await arrange(80);
    await link.connection();
    watch.start();
    await expect.poll(() => heard.length).toBeGreaterThan(2);
    watch.stop();
    const slow = await arrange();
    await slow.link.connection();
    slow.watch.start();
    await expect.poll(() => slow.state.asked.some((url) => url.startsWith('/api/v1/events'))).toBe(true);
    await expect.poll(() => slow.heard.length).toBe(1);
    slow.state.spending = spendingOf([], { waiting: 2 });
    await expect
      .poll(() => {
        slow.state.tell();
        return slow.heard.at(-1)?.spending.waiting;
      })
      .toBe(2);
    expect(slow.state.asked.filter((url) => url.includes('/jobs')).at(-1)).toContain('limit=50');
  });

  it('hears nothing of what fails, and nothing after its end', async () => {
    const { link, heard, watch, engine } = await arrange();
    await link.connection();
    await engine.end();
    await watch.look();
    expect(heard).toEqual([]);
    watch.stop();
    watch.poke();
    await watch.look();
    expect(heard).toEqual([]);
  });
});
