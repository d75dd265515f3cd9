import { mkdirSync } from 'node:fs';
import { test } from '../e2e/fixtures.ts';
import { goTo, useTheme } from '../e2e/places.ts';
import { runExample } from '../e2e/runs.ts';
const folder = '/tmp/w7/shots2';
test.use({ env: { DOCKER_HOST: process.env['TRANSECT_TEST_DOCKER_HOST'] ?? '', TRANSECT_CACHE: process.env['TRANSECT_CACHE'] ?? '' } });
for (const theme of ['light', 'dark'] as const)
  test(`new ${theme}`, async ({ app, window, api }) => {
    test.setTimeout(300_000);
    mkdirSync(folder, { recursive: true });
    const run = await runExample(api, 'example_stac_preview.yaml');
    await useTheme(window, theme);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 800));
    const places = { job: `/jobs/${run.id}`, isolation: `/review/${run.id}/isolation`, doctor: '/doctor', services: '/services', service: '/services/openfoam', settings: '/settings' };
    for (const [name, path] of Object.entries(places)) {
      await goTo(window, path);
      await window.waitForTimeout(2500);
      await window.screenshot({ path: `${folder}/${name}-${theme}.png` });
      if (name === 'doctor') {
        await window.getByRole('region', { name: 'Docker' }).scrollIntoViewIfNeeded();
        await window.screenshot({ path: `${folder}/doctor2-${theme}.png` });
      }
    }
    await goTo(window, '/services/openfoam');
    await window.getByRole('button', { name: 'Fetch image' }).click();
    await window.waitForTimeout(400);
    await window.screenshot({ path: `${folder}/fetch-${theme}.png` });
    await window.waitForTimeout(2500);
    await window.screenshot({ path: `${folder}/fetch2-${theme}.png` });
    await window.getByRole('button', { name: 'Make a task' }).click();
    const input = window.getByRole('textbox', { name: 'Case folder' });
    await input.fill('.');
    await input.press('Tab');
    await window.waitForTimeout(500);
    await window.screenshot({ path: `${folder}/service-task-${theme}.png` });
    await window.getByRole('button', { name: 'Run on this machine' }).first().click();
    await window.waitForTimeout(1500);
    await window.screenshot({ path: `${folder}/service-sheet-${theme}.png` });
    await window.keyboard.press('Escape');
    await goTo(window, '/tasks/examples%2Fexample_stac_preview.yaml');
    await window.getByRole('button', { name: 'Run on this machine' }).first().click();
    await window.getByRole('dialog').getByText('Offline, with fixture data').click();
    await window.getByRole('dialog').getByRole('button', { name: 'Run on this machine' }).click();
    for (const n of [1, 2, 3]) {
      await window.waitForTimeout(300 * n);
      await window.screenshot({ path: `${folder}/launch${n}-${theme}.png` });
    }
  });
