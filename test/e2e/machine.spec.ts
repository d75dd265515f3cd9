import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { TaskId } from '../../src-shared/api/library.ts';
import { Isolation } from '../../src-shared/job.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { makeRuns } from '../helpers/many-runs.ts';
import { expect, test } from './fixtures.ts';
import { goTo } from './places.ts';
import { runExample } from './runs.ts';

// A busy machine runs the example slowly.
test.describe.configure({ timeout: 240_000 });
const patienceMs = 120_000;

const words = { held: 'Held', weaker: 'Weaker than asked', unmeasured: 'Not measured', open: 'Open' } as const;

/** Chromium tells of every call that the engine refuses: here, because there is no Docker. */
const refused = /status of 503 .*\/api\/v1\/(images|jobs)\b/;

test('the isolation of a run is shown wall by wall, as asked for and as it was had', async ({ window, api }) => {
  const run = await runExample(api, 'example_stac_preview.yaml', patienceMs);
  const isolation = run.result!.isolation!;
  expect(isolation.walls.length).toBeGreaterThan(5);
  await goTo(window, `/review/${run.id}`);
  await window.getByRole('tab', { name: 'Isolation' }).click();
  const panel = window.getByRole('tabpanel');
  await expect(panel.getByRole('heading', { level: 2 })).toContainText('It ran as a process of this machine');
  for (const { title, asked, had, verdict } of isolation.walls) {
    const row = panel.getByRole('row').filter({ has: window.getByText(title, { exact: true }) });
    await expect(row.getByText(words[verdict], { exact: true }).first()).toBeVisible();
    await expect(row.getByRole('cell').nth(1)).toContainText(asked ?? 'Nothing');
    await expect(row.getByRole('cell').nth(2)).toContainText(had ?? 'Not measured');
  }
  const counts = panel.getByRole('list', { name: 'Walls by how they stood' });
  for (const verdict of ['held', 'weaker', 'unmeasured', 'open'] as const) {
    const many = isolation.walls.filter((wall) => wall.verdict === verdict).length;
    await expect(counts.getByText(`${many} ${words[verdict].toLowerCase()}`, { exact: true })).toHaveCount(
      many > 0 ? 1 : 0,
    );
  }
  await panel.getByText('What was measured').click();
  await expect(panel.getByText('TRANSECT', { exact: false }).first()).toBeVisible();
});

test.describe('a run of an earlier version', () => {
  const of = (walls: Pick<Isolation, 'restricted' | 'unrestricted'>) => Isolation.parse({ kind: 'process', ...walls });
  test.use({
    dataRoot: async ({ dataRoot }, use) => {
      makeRuns(openDataRoot(dataRoot), 2, (n) => ({
        end: 'succeeded',
        isolation:
          n === 0
            ? of({ restricted: ['a minimal environment'], unrestricted: ['the network'] })
            : of({ restricted: [], unrestricted: [] }),
      }));
      await use(dataRoot);
    },
  });

  test('shows the words that it recorded, or that it recorded none', async ({ window, api }) => {
    const { jobs } = await api('listJobs', {});
    await goTo(window, `/review/${jobs[1]!.id}/isolation`);
    await expect(window.getByRole('region', { name: 'Restricted', exact: true })).toContainText(
      'a minimal environment',
    );
    await expect(window.getByRole('region', { name: 'Not restricted' })).toContainText('the network');
    await goTo(window, `/review/${jobs[0]!.id}/isolation`);
    await expect(window.getByRole('heading', { name: 'No walls were measured' })).toBeVisible();
  });
});

test('Doctor tells what works here and what to do, without a word of what nobody uses', async ({
  app,
  window,
  api,
}) => {
  await window.keyboard.press('Control+5');
  await expect(window.getByRole('heading', { level: 1, name: 'Doctor' })).toBeVisible();
  const report = await api('doctor', {});
  for (const { title, found } of report.machine.filter(({ id }) => id !== 'memory')) {
    const check = window
      .getByRole('listitem')
      .filter({ has: window.getByRole('heading', { name: title, exact: true }) });
    await expect(check.first()).toContainText(id(found));
  }
  const docker = window.getByRole('region', { name: 'Docker' });
  await expect(docker.getByText('Tasks cannot run here')).toBeVisible();
  await expect(docker.getByText('What to do:').first()).toBeVisible();
  await expect(window.getByRole('region', { name: 'Plain process' }).getByText('Tasks can run here')).toBeVisible();
  await expect(window.getByText(/kubernetes|skypilot/i)).toHaveCount(0);

  const status = window.getByText(/^Looked at/);
  const before = await status.textContent();
  // The time is told to the second.
  await window.waitForTimeout(1_100);
  await window.keyboard.press('Control+k');
  await window.keyboard.type('look at this machine');
  await window.keyboard.press('Enter');
  await expect(status).not.toHaveText(before!);

  await window.getByRole('button', { name: 'Copy the report' }).click();
  await expect(window.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = await app.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied).toContain('Transect Doctor');
  expect(copied).toContain('Docker: tasks cannot run here');
});

/** The part of a finding that is the same a moment later: without numbers, which change. */
function id(found: string): RegExp {
  const fixed = found.split(/[\d.,]+/).map((part) => part.replace(/[^\p{L}\s’]/gu, '.'));
  return new RegExp(fixed.join('[\\d.,]*'), 'u');
}

test('a secret goes in by a password field, is seen nowhere again, and is removed by typing its name', async ({
  window,
  dataRoot,
}) => {
  const canary = 'canary-7c1f0b52';
  await goTo(window, '/settings');
  const secrets = window.getByRole('region', { name: 'Secrets' });
  await expect(secrets.getByText('None are stored yet.')).toBeVisible();
  // No keychain is used in tests: the weaker store is said.
  await expect(secrets.getByText('Values are kept in a file that only this user can read.')).toBeVisible();
  const name = secrets.getByRole('textbox', { name: 'Name' });
  const value = secrets.getByLabel('Value');
  await expect(value).toHaveAttribute('type', 'password');
  await name.fill('my key');
  await expect(secrets.getByText('without spaces')).toBeVisible();
  await expect(secrets.getByRole('button', { name: 'Store' })).toBeDisabled();
  await name.fill('my-key');
  await value.fill(canary);
  await value.press('Enter');
  const list = secrets.getByRole('list', { name: 'Stored secrets' });
  await expect(list.getByText('my-key', { exact: true })).toBeVisible();
  await expect(value).toHaveValue('');
  await name.fill('my-key');
  await expect(secrets.getByText('Is stored already: its value is replaced.')).toBeVisible();
  await window.reload();
  await expect(list.getByText('my-key', { exact: true })).toBeVisible();
  expect(await window.content()).not.toContain(canary);
  expect(filesHolding(dataRoot, canary).filter((path) => !path.startsWith('.secrets'))).toEqual([]);

  await list.getByRole('button', { name: 'Remove my-key…' }).click();
  const question = window.getByRole('alertdialog', { name: 'Remove my-key?' });
  const remove = question.getByRole('button', { name: 'Remove' });
  await expect(remove).toBeDisabled();
  await window.keyboard.type('my-ke');
  await expect(remove).toBeDisabled();
  await window.keyboard.type('y');
  await remove.click();
  await expect(secrets.getByText('None are stored yet.')).toBeVisible();
  expect(filesHolding(dataRoot, canary)).toEqual([]);
});

function filesHolding(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text))
    .map((path) => path.slice(folder.length + 1));
}

async function openService(window: Page, search: string, name: string): Promise<void> {
  await window.getByRole('link', { name: 'Services' }).click();
  await window.getByRole('searchbox').fill(search);
  await window.getByRole('link', { name: new RegExp(`^${name}`) }).click();
  await expect(window.getByRole('article', { name: `Service ${name}` })).toBeVisible();
}

test('a service is found by what it can do, and becomes a task whose words are shown before it runs', async ({
  window,
  dataRoot,
  complaints,
}) => {
  complaints.allow(refused);
  const folder = join(dataRoot, 'tasks', 'case');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'script.py'), 'print("hello")\n');
  await openService(window, 'numerical integration', 'scipy-base');
  await expect(window.getByText(/^\d+ of 27 services$/)).toBeVisible();
  await window.getByRole('searchbox').fill('qqzzxx');
  await expect(window.getByRole('heading', { name: 'No service can do that' })).toBeVisible();
  await window.getByRole('button', { name: 'Show all services' }).click();
  await expect(window.getByText('27 services', { exact: true })).toBeVisible();

  const service = window.getByRole('article', { name: 'Service scipy-base' });
  await expect(window.getByText('No container engine answers.')).toBeVisible();
  await expect(service.getByRole('button', { name: 'Fetch image' })).toBeDisabled();
  await expect(service.getByText('Not pinned', { exact: true })).toBeVisible();
  await expect(service.getByText('ghcr.io/sciagent-ai/scipy-base:latest')).toBeVisible();
  await service.getByRole('button', { name: 'Make a task' }).click();

  const input = window.getByRole('textbox', { name: 'Case folder' });
  await expect(input).toBeVisible();
  await expect(window.getByRole('button', { name: '1 problem' })).toBeVisible();
  await input.fill(folder);
  await input.press('Tab');
  await expect(window.getByRole('button', { name: 'No problems' })).toBeVisible();
  await window.getByRole('button', { name: 'Run…' }).first().click();
  const sheet = window.getByRole('dialog');
  const argv = sheet.getByRole('list', { name: 'Program and arguments' }).getByRole('listitem');
  await expect(argv).toHaveText(['python3', '/inputs/script.py']);
  await expect(sheet.getByText('Not pinned', { exact: true })).toBeVisible();
  await sheet.getByRole('button', { name: 'Run on this machine' }).click();
  // A service never runs on the host: there is no question whether it may.
  await expect(sheet.getByRole('alert')).toContainText('Docker');
  await expect(window.getByRole('alertdialog')).toHaveCount(0);
});

test('without Docker a task that leaves the choice asks first, says what that means here, and runs', async ({
  window,
  api,
  complaints,
}) => {
  complaints.allow(refused);
  await goTo(window, `/tasks/${encodeURIComponent(TaskId.parse('examples/example_stac_preview.yaml'))}`);
  await window.getByRole('button', { name: 'Run…' }).first().click();
  const sheet = window.getByRole('dialog');
  await sheet.getByText('Offline, with fixture data').click();
  await sheet.getByRole('button', { name: 'Run on this machine' }).click();
  const question = window.getByRole('alertdialog', { name: 'Run without a container?' });
  await expect(question).toBeVisible();
  const { backends } = await api('doctor', {});
  const checks = backends.find(({ id: backend }) => backend === 'process')!.checks;
  const walls = question.getByRole('list', { name: 'A plain process on this machine' }).getByRole('listitem');
  await expect(walls).toHaveCount(checks.length);
  expect((await api('listJobs', {})).total, 'nothing runs before the answer').toBe(0);
  await question.getByRole('button', { name: 'Run as a plain process' }).click();
  await expect(
    window.getByRole('article', { name: 'Job' }).getByText('Succeeded', { exact: true }).first(),
  ).toBeVisible({
    timeout: patienceMs,
  });
});

test('the new places work by keyboard', async ({ window }) => {
  const { keyboard } = window;
  await keyboard.press('Control+4');
  await expect(window.getByRole('heading', { level: 1, name: 'Services' })).toBeVisible();
  await keyboard.press('Control+f');
  await expect(window.getByRole('searchbox')).toBeFocused();
  await keyboard.type('molecule files');
  await expect(window.getByRole('link', { name: /^rdkit/ })).toBeVisible();
  await tabUntil(window, 'rdkit');
  await keyboard.press('Enter');
  await expect(window.getByRole('article', { name: 'Service rdkit' })).toBeVisible();
  await tabUntil(window, 'Make a task');
  await keyboard.press('Enter');
  await expect(window.getByRole('heading', { level: 1, name: 'rdkit' })).toBeVisible();
  await keyboard.press('Control+5');
  await tabUntil(window, 'Look again');
  await keyboard.press('Enter');
  await expect(window.getByText(/^Looked at/)).toBeVisible();
});

/** Moves the focus by Tab until it is on something that begins with these words. */
async function tabUntil(window: Page, begin: string): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed += 1) {
    await window.keyboard.press('Tab');
    const text = await window.evaluate(() => document.activeElement?.textContent ?? '');
    if (text.trim().startsWith(begin)) return;
  }
  throw new Error(`80 presses of Tab do not reach “${begin}”`);
}

test.describe('a disk without room', () => {
  test.use({ env: { TRANSECT_MIN_FREE_GB: '1000000' } });

  test('is said on every page, with what to do', async ({ window }) => {
    for (const path of ['/tasks', '/jobs', '/review', '/services', '/doctor', '/settings']) {
      await goTo(window, path);
      const banner = window.getByRole('alert').filter({ hasText: 'are kept free' });
      await expect(banner).toContainText('Free some space');
    }
    await window.getByRole('alert').getByRole('button', { name: 'Doctor' }).click();
    await expect(window.getByRole('heading', { level: 1, name: 'Doctor' })).toBeVisible();
  });
});
