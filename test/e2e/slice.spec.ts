import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { TaskId } from '../../src-shared/api/library.ts';
import { attach } from '../../src-main/client/connect.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { isFinal } from '../../src-shared/job.ts';
import { serveFolder } from '../../scripts/stac-server/serve-folder.ts';
import { expect, test } from './fixtures.ts';
import { heldTask, startHeldServer } from './held-server.ts';
import { goTo } from './places.ts';
import { endProcess } from './processes.ts';

const landsat = resolve(import.meta.dirname, '../../../shared/data/landsat-ny-2018');
const longMs = 60_000;

const job = (window: Page) => window.getByRole('article', { name: 'Job' });

/** Runs the open task by the launch sheet, as a plain process. */
async function launch(window: Page, options: { offline: boolean }): Promise<void> {
  await window.getByRole('button', { name: 'Run…' }).first().click();
  const sheet = window.getByRole('dialog');
  await sheet.getByText('Plain process', { exact: true }).click();
  if (options.offline) await sheet.getByText('Offline, with fixture data').click();
  await sheet.getByRole('button', { name: 'Run on this machine' }).click();
  await expect(job(window)).toBeVisible();
}

/** The map has drawn a raster: its status says how much was read, and nothing failed. */
async function mapIsDrawn(window: Page): Promise<void> {
  await expect(window.getByText(/in \d+ requests?/)).toBeVisible({ timeout: longMs });
  await expect(window.getByRole('alert')).toHaveCount(0);
}

test('the seed’s example goes from the library by a form edit to run, map, report, figures and tables', async ({
  window,
  api,
}) => {
  test.setTimeout(180_000);
  await window.getByRole('link', { name: 'Tasks' }).click();
  await window.getByText('example_stac_ndvi', { exact: true }).first().click();
  const name = window.getByRole('textbox', { name: 'Name', exact: true });
  await expect(name).toHaveValue('example_stac_ndvi');
  await name.fill('Boulder preview');
  await name.press('Tab');
  await expect(window.getByRole('heading', { level: 1, name: 'Boulder preview' })).toBeVisible();
  await expect(window.locator('.cm-content')).toContainText('task_name: Boulder preview');

  await launch(window, { offline: true });
  await expect(job(window).getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: longMs });
  await expect(job(window).getByText('Offline fixture: no measurement')).toBeVisible();
  await expect(job(window).getByText('Needs human review')).toBeVisible();
  await job(window).getByRole('button', { name: 'Review' }).click();

  await window.getByRole('tab', { name: /^Map/ }).click();
  await expect(window.getByText('OFFLINE FIXTURE').first()).toBeVisible();
  await window.getByRole('tab', { name: /^Report/ }).click();
  await expect(window.frameLocator('iframe').getByRole('heading', { level: 1 })).toHaveText('Boulder preview');
  await window.getByRole('tab', { name: /^Figures/ }).click();
  const figure = window.locator('img[src^="job:"]').first();
  await expect.poll(() => figure.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(100);
  await window.getByRole('tab', { name: /^Tables/ }).click();
  await expect(window.getByRole('columnheader', { name: /^id/ })).toBeVisible();

  const { jobs } = await api('listJobs', {});
  const { text } = await api('readTask', { taskId: TaskId.parse(`runs/${jobs[0]!.id}`) });
  const { text: original } = await api('readTask', { taskId: TaskId.parse('examples/example_stac_preview.yaml') });
  expect(text, 'the run’s task is the example with one edit').toBe(
    original.replace('task_name: example_stac_ndvi', 'task_name: Boulder preview'),
  );
});

test('what is not a number is a problem of the task, kept in its draft, and nothing runs with it', async ({
  window,
  api,
}) => {
  await window.getByText('Summer median near Boulder').first().click();
  const south = window.getByRole('textbox', { name: 'South' });
  await expect(south).toHaveValue('39.95');
  await south.fill('39,97');
  await expect(window.getByRole('button', { name: '1 problem' })).toBeVisible();
  await expect(south).toHaveValue('39,97');
  await window.getByRole('button', { name: 'Run…' }).first().click();
  await expect(window.getByRole('dialog')).toHaveCount(0);
  const taskId = TaskId.parse('examples/example_composite.yaml');
  await expect.poll(async () => (await api('readTask', { taskId })).draft?.text).toContain('39,97');
  await window.reload();
  await expect(south).toHaveValue('39,97');
  await south.fill('39.97');
  await expect(window.getByRole('button', { name: 'No problems' })).toBeVisible();
  await expect(window.locator('.cm-content')).toContainText('bbox: [-105.35, 39.97, -105.15, 40.10]');
});

test.describe('real scenes', () => {
  test.skip(!existsSync(landsat), '../shared/data is absent');

  test('the New York task goes from the library by a form edit to run and map', async ({ window }) => {
    test.setTimeout(240_000);
    // One address for items and files: a run reaches no other port of this machine than the task names.
    const server = await serveFolder(landsat, 0);
    try {
      await window.getByText('Median NDVI, New York 2018').first().click();
      const address = window.getByRole('textbox', { name: 'STAC API' });
      await address.fill(server.url);
      await address.press('Tab');
      await expect(window.locator('.cm-content')).toContainText(`stac_api: ${server.url}`);
      await launch(window, { offline: false });
      await expect(job(window).getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: 150_000 });
      await expect(job(window).getByText('Computed')).toBeVisible();
      await job(window).getByRole('button', { name: 'Review' }).click();
      await window.getByRole('tab', { name: /^Map/ }).click();
      await mapIsDrawn(window);
      await expect(window.getByText(/OFFLINE|SYNTHETIC/)).toHaveCount(0);
    } finally {
      await server.close();
    }
  });
});

test('a run is cancelled, and run again with edits', async ({ window, api }) => {
  const server = await startHeldServer();
  try {
    const { entry } = await api('createTask', { name: 'Held summary', text: heldTask(server.url) });
    await goTo(window, `/tasks/${encodeURIComponent(entry.id)}`);
    await launch(window, { offline: false });
    await expect(job(window).getByText('Running').first()).toBeVisible();
    await expect.poll(() => server.requests(), { timeout: longMs }).toBeGreaterThan(0);
    await job(window).getByRole('button', { name: 'Cancel' }).click();
    await expect(job(window).getByText('Cancelled').first()).toBeVisible();

    await job(window).getByRole('button', { name: 'Run again with edits' }).click();
    const name = window.getByRole('textbox', { name: 'Name', exact: true });
    await expect(name).toHaveValue('Held summary');
    await name.fill('Second try');
    await name.press('Tab');
    await expect(window.locator('.cm-content')).toContainText('# near infrared works too');
    server.release();
    await launch(window, { offline: false });
    await expect(job(window).getByText('Second try')).toBeVisible();
    await expect(job(window).getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: longMs });
    const { jobs } = await api('listJobs', {});
    expect(jobs.map(({ taskName, state }) => `${taskName}: ${state}`)).toEqual([
      'Second try: succeeded',
      'Held summary: cancelled',
    ]);
  } finally {
    await server.close();
  }
});

test('an engine that is killed under the window comes back, and neither run nor text is lost', async ({
  window,
  api,
  dataRoot,
  complaints,
}) => {
  // Chromium reports the broken streams, and there is no other way for it to learn.
  complaints.allow(/Failed to load resource|ERR_/);
  const server = await startHeldServer();
  try {
    const { entry } = await api('createTask', { name: 'Held summary', text: heldTask(server.url) });
    await goTo(window, `/tasks/${encodeURIComponent(entry.id)}`);
    await launch(window, { offline: false });
    await expect.poll(() => server.requests(), { timeout: longMs }).toBeGreaterThan(0);
    await goTo(window, `/tasks/${encodeURIComponent(entry.id)}`);
    const name = window.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Typed before the kill');
    const { pid } = await api('health', {});
    await endProcess(pid);
    await name.fill('Typed after the kill');
    await name.press('Tab');
    await expect
      .poll(async () => (await attach(openDataRoot(dataRoot)))?.health.pid ?? pid, { timeout: 20_000 })
      .not.toBe(pid);
    await expect(window.locator('.cm-content')).toContainText('Typed after the kill');
    server.release();
    await window.getByRole('link', { name: /Jobs/ }).click();
    await window.getByText('Held summary').first().click();
    await expect(job(window).getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: longMs });
    await expect(window.getByText('Reconnecting to the engine…')).toHaveCount(0);
    const again = await attach(openDataRoot(dataRoot));
    await expect
      .poll(async () => (await again!.client('readTask', { taskId: entry.id })).draft?.text)
      .toContain('Typed after the kill');
  } finally {
    await server.close();
  }
});

test('a run goes on when its window is killed', async ({ app, window, api, dataRoot }) => {
  const server = await startHeldServer();
  try {
    const { entry } = await api('createTask', { name: 'Held summary', text: heldTask(server.url) });
    await goTo(window, `/tasks/${encodeURIComponent(entry.id)}`);
    await launch(window, { offline: false });
    await expect.poll(() => server.requests(), { timeout: longMs }).toBeGreaterThan(0);
    const closed = app.waitForEvent('close');
    await endProcess(app.process().pid!);
    await closed;
    server.release();
    await expect
      .poll(
        async () => {
          const { jobs } = (await (await attach(openDataRoot(dataRoot)))?.client('listJobs', {})) ?? { jobs: [] };
          return jobs.filter(({ state }) => isFinal(state)).map(({ state }) => state);
        },
        { timeout: longMs },
      )
      .toEqual(['succeeded']);
    const { jobs } = await (await attach(openDataRoot(dataRoot)))!.client('listJobs', {});
    const result = join(openDataRoot(dataRoot).jobFolder(jobs[0]!.id), 'result.json');
    expect(JSON.parse(readFileSync(result, 'utf8'))).toMatchObject({ state: 'succeeded' });
  } finally {
    await server.close();
  }
});
