import { expect, test } from './fixtures.ts';
import { everyPlace, goTo, useTheme } from './places.ts';
import { seriousIn } from './serious.ts';

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on any place, ${theme}`, async ({ window, api }) => {
    test.setTimeout(480_000);
    const places = await everyPlace(api);
    await useTheme(window, theme);
    const found: string[] = [];
    for (const [name, path] of Object.entries(places)) {
      await goTo(window, path);
      found.push(...(await seriousIn(window, name)));
    }
    expect(found).toEqual([]);
  });

  test(`axe finds nothing serious in what asks before something is done, ${theme}`, async ({
    window,
    api,
    complaints,
  }) => {
    test.setTimeout(240_000);
    // There is no Docker here, which Chromium tells as failed requests.
    complaints.allow(/status of 503 .*\/api\/v1\/(images|jobs)\b/);
    await api('setSecret', { name: 'my-key', value: 'long enough' });
    await useTheme(window, theme);
    const found: string[] = [];
    await goTo(window, '/settings');
    await window.getByRole('button', { name: 'Remove my-key…' }).click();
    await expect(window.getByRole('alertdialog')).toBeVisible();
    found.push(...(await seriousIn(window, 'remove a secret')));
    await window.keyboard.press('Escape');

    const { entry } = await api('createTask', {
      name: 'A service',
      text: 'task_name: a service\noutput_dir: /data/outputs/jobs/a\ninputs: {folder: .}\nanalysis: {type: service, service: gmsh, argv: [ls, ""]}\noutputs: {}\nbackend: docker\n',
    });
    await goTo(window, `/tasks/${encodeURIComponent(entry.id)}`);
    await window.getByRole('button', { name: 'Run…' }).first().click();
    await expect(window.getByRole('dialog').getByText('Not pinned', { exact: true })).toBeVisible();
    found.push(...(await seriousIn(window, 'a service is launched')));
    await window.keyboard.press('Escape');

    await goTo(window, '/tasks/examples%2Fexample_stac_preview.yaml');
    await window.getByRole('button', { name: 'Run…' }).first().click();
    await window.getByRole('dialog').getByRole('button', { name: 'Run on this machine' }).click();
    await expect(window.getByRole('alertdialog', { name: 'Run without a container?' })).toBeVisible();
    found.push(...(await seriousIn(window, 'run without a container')));
    expect(found).toEqual([]);
  });
}
