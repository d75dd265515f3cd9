import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOpenDialog } from './desktop.ts';
import { expect, test } from './fixtures.ts';
import { tabTo } from './tab-to.ts';

test('the whole path works by keyboard: choose, edit, run, watch, review', async ({ window }) => {
  test.setTimeout(180_000);
  const { keyboard } = window;
  // Choose: the palette leads to the library, Tab to the example.
  await keyboard.press('Control+k');
  await keyboard.type('go tasks');
  await keyboard.press('Enter');
  await tabTo(window, window.getByRole('link', { name: /example_stac_ndvi/ }).first());
  await keyboard.press('Enter');

  // Edit.
  const name = window.getByRole('textbox', { name: 'Name', exact: true });
  await expect(name).toBeVisible();
  await tabTo(window, name);
  await keyboard.press('Control+a');
  await keyboard.type('By keyboard');
  await keyboard.press('Tab');
  await expect(window.getByRole('heading', { level: 1, name: 'By keyboard' })).toBeVisible();

  // Run.
  await keyboard.press('Control+Enter');
  const sheet = window.getByRole('dialog');
  const plain = sheet.getByRole('radio', { name: /Plain process/ });
  await tabTo(window, plain);
  await keyboard.press('Space');
  await expect(plain).toBeChecked();
  await tabTo(window, sheet.getByRole('checkbox', { name: 'Offline, with fixture data' }));
  await keyboard.press('Space');
  await tabTo(window, sheet.getByRole('button', { name: 'Run on this machine' }));
  await keyboard.press('Enter');

  // Watch.
  const job = window.getByRole('article', { name: 'Job' });
  await expect(job.getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await tabTo(window, job.getByRole('button', { name: 'Review' }));
  await keyboard.press('Enter');

  // Review: tabs by arrows, the map by its keys.
  const map = window.getByRole('tab', { name: /^Map/ });
  await expect(map).toBeVisible();
  await tabTo(window, map);
  await expect(map).toHaveAttribute('aria-selected', 'true');
  const canvas = window.getByRole('region', { name: /map/i }).first();
  await expect(window.getByText('OFFLINE FIXTURE').first()).toBeVisible();
  await tabTo(window, canvas);
  await keyboard.press('ArrowRight');
  await keyboard.press('+');
  await keyboard.press('i');
  await tabTo(window, map, 'Shift+Tab');
  await keyboard.press('ArrowRight');
  await expect(window.getByRole('tab', { name: /^Report/ })).toHaveAttribute('aria-selected', 'true');
  await expect(window.frameLocator('iframe').getByRole('heading', { level: 1 })).toHaveText('By keyboard');
});

test('keys without a modifier stay with the field that has the focus', async ({ window }) => {
  const search = window.getByRole('searchbox').first();
  await search.fill('i?123');
  await expect(search).toHaveValue('i?123');
  await expect(window.getByRole('dialog')).toHaveCount(0);
  await window.keyboard.press('Escape');
  await expect(search).toHaveValue('');
});

test('a toast holds no key back, fast typing loses no letter, and an opened file keeps its relative inputs', async ({
  app,
  window,
  scratch,
}) => {
  const folder = join(scratch, 'mine');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'two.yaml'),
    'version: 1\ntask_name: two\noutput_dir: /data/outputs/jobs/two\ninputs:\n  rasters:\n    - data/a.tif # near\n    - /b.tif\nanalysis:\n  type: raster_summary\n',
  );
  await answerOpenDialog(app, join(folder, 'two.yaml'));
  await window.keyboard.press('Control+o');
  await expect(window.locator('.cm-content')).toContainText(`- ${join(folder, 'data/a.tif')} # near`);
  await expect(window.getByText('Copied two.yaml into the workspace')).toBeVisible();

  const row = window.getByRole('textbox', { name: /entry 2/ });
  await row.focus();
  await window.keyboard.press('Home');
  await window.keyboard.type('/first/second/third');
  await expect(row).toHaveValue('/first/second/third/b.tif');
  await expect(window.locator('.cm-content')).toContainText('- /first/second/third/b.tif');

  await window.keyboard.press('Control+f');
  await expect(window.getByRole('searchbox', { name: 'Search tasks' })).toBeFocused();
  await window.keyboard.press('Control+n');
  await expect(window.getByRole('dialog', { name: 'New task' })).toBeVisible();
  await window.keyboard.press('Control+Enter');
  await expect(window.getByRole('dialog')).toHaveCount(1);
});
