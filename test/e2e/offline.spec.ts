import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures.ts';
import { goTo } from './places.ts';
import { runExample } from './runs.ts';

// scripts/e2e.mjs runs the tests in a network namespace where it can, and says so where it cannot.
test.skip(process.env['TRANSECT_TEST_OFFLINE'] !== '1', 'there is no network namespace here');

test('a finished run is reviewed without a network: map, basemap, fonts, report, figures', async ({ window, api }) => {
  test.setTimeout(120_000);
  const interfaces = readFileSync('/proc/net/dev', 'utf8').split('\n').slice(2);
  expect(interfaces.map((line) => line.split(':')[0]!.trim()).filter((name) => name !== '')).toEqual(['lo']);
  const asked: string[] = [];
  window.on('request', (request) => asked.push(request.url()));
  window.on('requestfailed', (request) => asked.push(`failed: ${request.url()} ${request.failure()?.errorText ?? ''}`));

  const { id } = await runExample(api, 'example_composite.yaml');
  await goTo(window, `/review/${id}/map`);
  await expect(window.getByText(/in \d+ requests?/)).toBeVisible({ timeout: 30_000 });
  await goTo(window, `/review/${id}/report`);
  await expect(window.frameLocator('iframe').getByRole('heading', { level: 1 })).toBeVisible();
  await goTo(window, `/review/${id}/figures`);
  const figure = window.locator('img[src^="job:"]').first();
  await expect.poll(() => figure.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(100);

  const fonts = await window.evaluate(() =>
    [...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family),
  );
  expect(fonts.join()).toContain('Inter Variable');
  expect(asked.filter((url) => !/^(app|job|blob:app|data):/.test(url))).toEqual([]);
  expect(
    asked.some((url) => url.startsWith(`job://${id}/maps/`)),
    'the map reads the run’s file',
  ).toBe(true);
});
