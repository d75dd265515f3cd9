import Docker from 'dockerode';
import { TaskId } from '../../src-shared/api/library.ts';
import { expect, test } from './fixtures.ts';
import { goTo } from './places.ts';

const host = process.env['TRANSECT_TEST_DOCKER_HOST'];

test.skip(
  host === undefined,
  'TRANSECT_TEST_DOCKER_HOST names no dockerd for tests: npm test starts one, or says why it cannot',
);
// The image's parts were fetched before: the tests themselves have no network.
test.use({ env: { DOCKER_HOST: host ?? '', TRANSECT_CACHE: process.env['TRANSECT_CACHE'] ?? '' } });

/** Has the tests' dockerd forget every worker image, so that the first run in a container must build one. */
async function forgetImages(): Promise<void> {
  const docker = new Docker({ socketPath: host!.replace(/^unix:\/\//, '') });
  for (const { RepoTags: tags } of await docker.listImages())
    for (const tag of tags ?? [])
      if (tag.startsWith('transect-worker:')) await docker.getImage(tag).remove({ force: true });
}

test('the seed’s example runs in a container when nobody chose a back end', async ({ window, api }) => {
  test.setTimeout(300_000);
  await forgetImages();
  await goTo(window, '/doctor');
  const docker = window.getByRole('region', { name: 'Docker' });
  await expect(docker.getByText('Tasks can run here')).toBeVisible({ timeout: 30_000 });

  await goTo(window, `/tasks/${encodeURIComponent(TaskId.parse('examples/example_stac_preview.yaml'))}`);
  await window.getByRole('button', { name: 'Run…' }).first().click();
  const sheet = window.getByRole('dialog');
  await expect(sheet.getByRole('radio', { name: /Docker/ })).toBeChecked();
  await sheet.getByText('Offline, with fixture data').click();
  // A short sight is enough: a fast machine is done before anybody looks twice.
  await window.evaluate(() => {
    const note = document.documentElement.dataset;
    new MutationObserver(() => {
      if (document.body.textContent.includes('Building the worker’s image')) note['sawBuilding'] = 'true';
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await sheet.getByRole('button', { name: 'Run on this machine' }).click();

  const job = window.getByRole('article', { name: 'Job' });
  await expect(job).toBeVisible({ timeout: 180_000 });
  const { jobs } = await api('listJobs', {});
  expect(jobs).toHaveLength(1);
  const jobId = jobs[0]!.id;
  // The log speaks of success a little before it is recorded.
  await expect.poll(async () => (await api('getJob', { jobId })).state, { timeout: 90_000 }).toBe('succeeded');
  await expect(window.getByRole('alertdialog')).toHaveCount(0);

  expect(await window.evaluate(() => document.documentElement.dataset['sawBuilding'])).toBe('true');

  const { result, backend } = await api('getJob', { jobId });
  expect(backend).toBe('docker');
  expect(result?.imageDigest).toMatch(/sha256:[0-9a-f]{64}/);
  expect(result?.isolation).toMatchObject({ kind: 'container' });
  expect(result?.isolation?.walls.filter(({ verdict }) => verdict === 'weaker')).toEqual([]);

  await job.getByRole('button', { name: 'Review' }).click();
  await window.getByRole('tab', { name: 'Isolation' }).click();
  const panel = window.getByRole('tabpanel');
  await expect(panel.getByRole('heading', { level: 2 })).toHaveText('It ran in a container.');
  await expect(panel.getByText(result!.imageDigest!)).toBeVisible();
});
