import type { Page, TestInfo } from '@playwright/test';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { attach } from '../../src-main/client/connect.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { makeRuns } from '../helpers/many-runs.ts';
import { test as base, expect } from './fixtures.ts';

const count = 10_000;
const grouped = '10\u202f000';

const test = base.extend<{ runs: readonly JobId[] }>({
  // Before the window is there: its engine finds the runs at its start.
  runs: [
    async ({ dataRoot }, use, info) => {
      const start = performance.now();
      const ids = makeRuns(openDataRoot(dataRoot), count, () => ({}), 'lean');
      note(info, 'the runs are made', performance.now() - start);
      await use(ids);
    },
    { timeout: 240_000 },
  ],
  app: async ({ runs, app }, use) => {
    expect(runs).toHaveLength(count);
    await use(app);
  },
});

/** Writes a measured time to the test's report, where nothing depends on it: machines differ, and other tests run beside. */
function note(info: TestInfo, what: string, ms: number): void {
  info.annotations.push({ type: 'measured', description: `${what}: ${Math.round(ms)} ms` });
  console.log(`scale: ${what}: ${Math.round(ms)} ms`);
}

async function timed(info: TestInfo, what: string, work: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await work();
  note(info, what, performance.now() - start);
}

/** Goes to an address and gives the time until an element is drawn there, ms, by the page's own clock. */
function opened(window: Page, address: string, selector: string): Promise<number> {
  return window.evaluate(
    async ([hash, wanted]) => {
      const start = performance.now();
      location.hash = hash;
      while (document.querySelector(wanted) === null) await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now() - start;
    },
    [address, selector] as const,
  );
}

/** The longest time between two frames while a list is scrolled for some seconds, ms. */
function scrollThrough(window: Page, label: string): Promise<{ longest: number; median: number }> {
  return window.evaluate(async (name) => {
    const list = document.querySelector(`[aria-label="${name}"]`);
    const frame = list?.getAttribute('role') === 'listbox' ? list : list?.parentElement;
    if (frame == null) throw new Error(`no list ${name}`);
    const gaps: number[] = [];
    for (let step = 0, last = performance.now(); step < 120; step += 1) {
      frame.scrollBy(0, 400);
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      gaps.push(now - last);
      last = now;
    }
    gaps.sort((a, b) => a - b);
    return { longest: gaps.at(-1) ?? 0, median: gaps[60] ?? 0 };
  }, label);
}

test.describe.configure({ timeout: 360_000 });

test('ten thousand runs open, scroll, are searched and reached by a key, and few are drawn', async ({
  runs,
  dataRoot,
  window,
}, info) => {
  await timed(info, 'the engine has made its index and answers', async () => {
    // An engine that is still at its start is no failure of this test.
    const total = async () => {
      const engine = await attach(openDataRoot(dataRoot)).catch(() => null);
      return (await engine?.client('listJobs', { limit: 0 }))?.total;
    };
    await expect.poll(total, { timeout: 60_000 }).toBe(count);
  });
  const list = window.getByRole('listbox', { name: 'Jobs, newest first' });
  const row = (n: number) => window.locator(`#job-${runs[n] ?? ''}`);
  note(info, 'Jobs opens', await opened(window, '/jobs', `#job-${runs[count - 1] ?? ''}`));
  await expect(window.getByText(`${grouped} jobs`)).toBeVisible();
  await expect(row(count - 1)).toHaveAttribute('aria-setsize', String(count));
  expect(await list.getByRole('option').count()).toBeLessThan(80);

  const { longest, median } = await scrollThrough(window, 'Jobs, newest first');
  note(info, 'scrolling, longest frame', longest);
  note(info, 'scrolling, median frame', median);
  await expect(list.getByRole('option').first()).toBeVisible();

  await list.focus();
  await timed(info, 'End shows the oldest', async () => {
    await window.keyboard.press('End');
    await expect(row(0)).toBeInViewport();
  });
  await expect(row(0)).toHaveAttribute('aria-selected', 'true');
  await expect(row(0)).toHaveAttribute('aria-posinset', String(count));
  await expect(window.getByRole('article', { name: 'Job' })).toContainText('ndvi boulder 00000');
  await window.keyboard.press('ArrowUp');
  await expect(row(1)).toHaveAttribute('aria-selected', 'true');
  expect(await list.getByRole('option').count()).toBeLessThan(80);
  await window.keyboard.press('Home');
  await expect(row(count - 1)).toBeInViewport();

  // A job that is not loaded is found all the same: the engine looks for it.
  const search = window.getByRole('searchbox', { name: 'Search by name or id' });
  await timed(info, 'search', async () => {
    await search.fill('DUNES 00013');
    await expect(row(13)).toBeVisible();
  });
  await expect(list.getByRole('option')).toHaveCount(1);
  await expect(window.getByText('1 job found')).toBeVisible();
  await search.fill('no such run');
  await window.getByRole('button', { name: 'Show all jobs' }).click();
  await window.getByRole('button', { name: /State/ }).click();
  await window.getByRole('option', { name: 'Cancelled', exact: true }).click();
  await expect(window.getByText(`200 of ${grouped} jobs`)).toBeVisible();

  note(info, 'Review opens', await opened(window, '/review', '[aria-label="Runs"] a'));
  note(info, 'Jobs opens again', await opened(window, '/jobs', `#job-${runs[count - 1] ?? ''}`));
  await opened(window, '/review', '[aria-label="Runs"] a');
  await expect(window.getByRole('link', { name: /0999\d/ }).first()).toBeVisible();
  const cards = window.getByRole('list', { name: 'Runs' }).getByRole('listitem');
  await expect(cards.first()).toHaveAttribute('aria-setsize', String(count * 0.9));
  expect(await cards.count()).toBeLessThan(120);
  note(info, 'scrolling Review, longest frame', (await scrollThrough(window, 'Runs')).longest);
  await expect(cards.first().getByRole('link')).toBeVisible();
});
