import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../../src-shared/api/client.ts';
import type { Job } from '../../src-shared/job.ts';
import { isFinal } from '../../src-shared/job.ts';
import { answerSaveDialog } from './desktop.ts';
import { expect, test } from './fixtures.ts';
import { heldTask, startHeldServer } from './held-server.ts';
import { goTo } from './places.ts';
import { runExample } from './runs.ts';

/** A run whose catalogue cannot be reached. */
async function runToFailure(api: Client): Promise<Job> {
  const { text } = await api('readTask', { taskId: 'examples/example_composite.yaml' });
  const { id } = await api('submitJob', {
    text: text.replace(/stac_api: .*/, 'stac_api: http://127.0.0.1:9/'),
    backend: 'process',
  });
  await expect.poll(async () => isFinal((await api('getJob', { jobId: id })).state), { timeout: 30_000 }).toBe(true);
  return api('getJob', { jobId: id });
}

test('jobs: a run appears by itself, is cancelled, and can be run again', async ({ window, api }) => {
  await goTo(window, '/jobs');
  await expect(window.getByText('No jobs yet')).toBeVisible();
  const server = await startHeldServer();
  const { id } = await api('submitJob', { text: heldTask(server.url), backend: 'process' });
  await window.getByRole('option', { name: /Running/ }).click();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Held summary');
  await expect(window.getByLabel('Lines of the log')).toContainText(`started job ${id}`);
  await window.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(window.getByText('The run was cancelled.', { exact: true })).toBeVisible({ timeout: 20_000 });
  expect((await api('getJob', { jobId: id })).state).toBe('cancelled');

  await window.getByRole('button', { name: 'Run again', exact: true }).click();
  await expect(window.getByRole('option')).toHaveCount(2);
  const again = (await api('listJobs', {})).jobs[0]!;
  expect(window.url()).toContain(again.id);
  expect(again.taskSha256).toBe((await api('getJob', { jobId: id })).taskSha256);
  await api('cancelJob', { jobId: again.id });
  await server.close();
});

test('jobs: the list keeps its choice by keys and finds by id', async ({ window, api }) => {
  const first = await runExample(api);
  const second = await runExample(api, 'example_raster_summary.yaml');
  await goTo(window, '/jobs');
  const options = window.getByRole('option');
  await expect(options).toHaveCount(2);
  await window.getByRole('listbox', { name: /Jobs/ }).focus();
  await window.keyboard.press('ArrowDown');
  await expect.poll(() => window.url()).toContain(second.id);
  await window.keyboard.press('ArrowDown');
  await expect.poll(() => window.url()).toContain(first.id);
  await window.getByRole('searchbox', { name: 'Search by name or id' }).fill(second.id.slice(-6).toUpperCase());
  await expect(options).toHaveCount(1);
  await expect(window.getByText('1 job found')).toBeVisible();
});

test('jobs: the log is searched, and a failed run says what to do', async ({ window, api }) => {
  const job = await runToFailure(api);
  await goTo(window, `/jobs/${job.id}`);
  const { error } = job.result!;
  const alert = window.getByRole('alert');
  await expect(alert).toContainText(error!.message);
  await expect(alert).toContainText(error!.remedy!);
  await expect(alert).toContainText(error!.code);
  await window.getByRole('searchbox', { name: 'Search the log' }).fill('worker');
  await expect(window.getByText('1 line found')).toBeVisible();
  await window.keyboard.press('Enter');
  await expect(window.getByText('1 of 1 found')).toBeVisible();
  await expect(window.getByLabel('Lines of the log').locator('mark').first()).toHaveText('Worker');

  await goTo(window, `/review/${job.id}`);
  await expect(window.getByRole('alert')).toContainText(error!.message);
  await expect(window.getByRole('tab', { name: /^Map/ })).toBeDisabled();
  await expect(window.frameLocator('iframe[title=Report]').getByRole('heading', { level: 1 })).toBeVisible();
});

test('review: from the gallery through every tab, by keys', async ({ window, api }) => {
  const job = await runExample(api, 'example_composite.yaml');
  await goTo(window, '/review');
  const card = window.getByRole('link', { name: /Summer median near Boulder/ });
  await expect(card).toContainText('Composite');
  await expect(card).toContainText('Needs human review');
  const picture = card.locator('img');
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await card.click();
  await expect(window.getByText('Offline fixture: no measurement')).toBeVisible();
  await expect(window.getByText('OFFLINE FIXTURE - SYNTHETIC SCENES, NOT A MEASUREMENT').first()).toBeVisible();

  await window.keyboard.press('2');
  const report = window.frameLocator('iframe[title=Report]');
  await expect(report.getByRole('heading', { name: 'Method' })).toBeAttached();
  expect(await window.locator('iframe[title=Report]').getAttribute('sandbox')).toBe('');

  await window.keyboard.press('3');
  await window.getByRole('button', { name: /quicklook\.png/ }).click();
  const large = window.getByRole('dialog', { name: 'Figure quicklook.png' });
  await expect(large).toContainText(/3 of 3, \d+ × \d+ px/);
  await window.keyboard.press('1');
  await expect(large).toContainText('100 %');
  await window.keyboard.press('ArrowRight');
  await expect(window.getByRole('dialog', { name: /Figure item_usage/ })).toContainText('1 of 3');
  await window.keyboard.press('Escape');
  await expect(window.getByRole('dialog')).toHaveCount(0);

  await window.keyboard.press('5');
  await window.getByRole('searchbox', { name: 'Search keys and values' }).fill('bounds_wgs84');
  await expect(window.getByRole('treeitem')).toHaveCount(2);
  await expect(window.getByRole('region', { name: 'Summary' })).toContainText('EPSG:32613');

  await window.getByRole('tab', { name: 'Log' }).click();
  await expect(window.getByLabel('Lines of the log')).toContainText(job.id);
});

test('review: numbers stand as they are written, and are sorted and filtered', async ({ window, api, dataRoot }) => {
  const { id } = await runExample(api, 'example_composite.yaml');
  const written = readFileSync(join(dataRoot, 'outputs/jobs', id, 'tables/items.csv'), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1);
  await goTo(window, `/review/${id}/tables`);
  await window.getByRole('button', { name: 'Table', exact: false }).click();
  await window.getByRole('option', { name: /items\.csv/ }).click();
  await expect(window.getByText(`${written.length} rows, 4 columns`)).toBeVisible();
  const rows = () =>
    window
      .getByRole('grid')
      .getByRole('row')
      .evaluateAll((all) =>
        all
          .slice(1)
          .map((row) => [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent).join(',')),
      );
  expect(await rows()).toEqual(written);
  const share = window.getByRole('columnheader', { name: /share/ });
  await share.getByRole('button').click();
  await expect(share).toHaveAttribute('aria-sort', 'ascending');
  const byShare = written.toSorted((a, b) => Number(a.split(',')[3]) - Number(b.split(',')[3]));
  await expect.poll(rows).toEqual(byShare);
  await window.getByRole('button', { name: 'Filter by column' }).click();
  await window.getByRole('textbox', { name: 'Filter share' }).fill('>= 1');
  await expect.poll(rows).toEqual(byShare.filter((line) => Number(line.split(',')[3]) >= 1));
});

test('review: every file is held against its hash, and one changed byte is seen', async ({
  app,
  window,
  api,
  dataRoot,
  scratch,
}) => {
  const job = await runExample(api, 'example_composite.yaml');
  const listed = job.result!.outputs.length;
  await goTo(window, `/review/${job.id}/files`);
  await window.getByRole('button', { name: 'Verify all' }).click();
  await expect(window.getByText(`All ${listed} files of the result are as the run wrote them.`)).toBeVisible();
  const folder = join(dataRoot, 'outputs/jobs', job.id);
  appendFileSync(join(folder, 'tables/items.csv'), ' ');
  await window.getByRole('button', { name: 'Verify all' }).click();
  await expect(window.getByText('1 file changed since the run ended.')).toBeVisible();
  await expect(window.getByRole('row', { name: 'tables/items.csv' })).toContainText('Differs');
  await expect(window.getByRole('row', { name: 'logs.txt' })).toContainText('Not part of the hashed result');

  await window.getByRole('row', { name: 'maps/median_bands.tif' }).click();
  await expect(window.getByLabel('File', { exact: true })).toContainText('00000000  49 49 2a 00');
  const copy = join(scratch, 'copy.tif');
  await answerSaveDialog(app, copy);
  await window.getByRole('button', { name: 'Save a copy…' }).click();
  await expect(window.getByText('Saved copy.tif')).toBeVisible();
  expect(readFileSync(copy)).toEqual(readFileSync(join(folder, 'maps/median_bands.tif')));
});

test('review: a table of a million rows is read, sorted and searched', async ({ window, api, dataRoot }) => {
  const { id } = await runExample(api, 'example_raster_summary.yaml');
  const lines = ['id,station,value [m],note'];
  for (let row = 0; row < 1_000_000; row += 1)
    lines.push(`${row},station ${row % 5_000},${((row * 7_919) % 1_000_003) / 1_000},${row % 7 === 0 ? '' : 'ok'}`);
  writeFileSync(join(dataRoot, 'outputs/jobs', id, 'tables/million.csv'), lines.join('\n'));
  await goTo(window, `/review/${id}/tables`);
  await window.getByRole('button', { name: 'Table', exact: false }).click();
  await window.getByRole('option', { name: /million\.csv/ }).click();
  await expect(window.getByText(/^1.000.000 rows, 4 columns$/)).toBeVisible({ timeout: 60_000 });
  const grid = window.getByRole('grid');
  await grid.focus();
  await window.keyboard.press('Control+End');
  await expect(grid).toContainText('999999');
  const value = window.getByRole('columnheader', { name: /value/ });
  await value.getByRole('button').click();
  await window.keyboard.press('Enter');
  await expect(value).toHaveAttribute('aria-sort', 'descending');
  await grid.focus();
  await window.keyboard.press('Control+Home');
  await expect(grid.getByRole('row').nth(1)).toContainText('1000.002', { timeout: 20_000 });
  await window.getByRole('searchbox', { name: 'Rows with this text' }).fill('station 4321');
  await expect(window.getByText(/^200 of 1.000.000 rows/)).toBeVisible({ timeout: 20_000 });
});
