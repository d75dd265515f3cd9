import { expect, test } from './fixtures.ts';
import { goTo } from './places.ts';
import { runExample } from './runs.ts';

test('zones are coloured by a number of theirs, with a legend, and by another one on demand', async ({
  api,
  window,
}) => {
  test.setTimeout(180_000);
  const { id } = await runExample(api, 'example_zonal_statistics.yaml');
  await goTo(window, `/review/${id}/map`);
  const legend = window.getByRole('region', { name: 'Legend' });
  await expect(legend).toContainText('r1_b1_mean', { timeout: 30_000 });
  await expect(legend).toContainText('zones.geojson');

  await window.getByRole('button', { name: 'Colours of zones.geojson' }).click();
  await window.getByRole('option', { name: 'r2_b1_median', exact: true }).click();
  await expect(legend).toContainText('r2_b1_median');

  await window.getByRole('button', { name: 'Colours of zones.geojson' }).click();
  await window.getByRole('option', { name: 'One colour' }).click();
  await expect(legend).toBeHidden();
});
