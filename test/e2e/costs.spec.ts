import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerSaveDialog, native } from './desktop.ts';
import { expect } from './fixtures.ts';
import { startHeldServer } from './held-server.ts';
import { paidWork, pin, test } from './paid.ts';
import { goTo } from './places.ts';

test.describe.configure({ timeout: 120_000 });

test('a meter runs, a run is cancelled from the page, and the ledger is saved', async ({
  app,
  window,
  owner,
  provider,
  scratch,
}) => {
  const server = await startHeldServer();
  try {
    await goTo(window, '/costs');
    await expect(window.getByText('Nothing costs money now')).toBeVisible();
    const job = await paidWork(owner, provider, { name: 'Metered', seconds: 3_600, raster: `${server.url}/red.tif` });
    const entry = window.getByRole('list', { name: 'Open now' }).getByRole('listitem');
    await expect(entry.getByText('Running', { exact: true })).toBeVisible({ timeout: 30_000 });
    const meter = entry.getByText(/^\$\d+\.\d{4}$/);
    const first = await meter.textContent();
    await expect(meter).not.toHaveText(first ?? '');
    await entry.getByRole('button', { name: 'Cancel Metered…' }).click();
    const question = window.getByRole('alertdialog', { name: 'Cancel Metered?' });
    await expect(question).toContainText('The run ends. What it has written up to now is kept.');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await expect(window.getByText('Gone', { exact: true })).toBeVisible({ timeout: 30_000 });
    await expect.poll(async () => (await owner('getJob', { jobId: job.id })).state).toBe('cancelled');
    await goTo(window, '/costs/ledger');
    await expect(window.getByRole('row', { name: /Metered/ })).toContainText('$1.00');
    const file = join(scratch, 'ledger.csv');
    await answerSaveDialog(app, file);
    await window.getByRole('button', { name: 'Save as CSV…' }).click();
    await expect(window.getByText('Saved ledger.csv')).toBeVisible();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(job.id);
    // The records are the engine’s alone, whatever is chosen in the dialog.
    await answerSaveDialog(app, join(scratch, 'data/records/ledger.ndjson'));
    expect(await native(window, 'saveLedger', { from: null, to: null })).toMatchObject({ error: { code: 'denied' } });
  } finally {
    server.release();
    await server.close();
  }
});

test('what is unknown is shown, taken over and taken down by the owner alone, and by its typed name', async ({
  window,
  provider,
  complaints,
}) => {
  // The first try, before the PIN.
  complaints.allow(/status of 403 .*\/resources\/adopt/);
  await provider.order({ do: 'foreign', name: 'of-somebody-else' });
  await goTo(window, '/costs/there');
  await window.getByRole('button', { name: 'Look now' }).click();
  const unknown = window.getByRole('region', { name: 'List of what is unknown' });
  await expect(unknown.getByRole('row', { name: /of-somebody-else/ })).toBeVisible();
  await unknown.getByRole('button', { name: 'Take over of-somebody-else…' }).click();
  await window.getByRole('dialog').getByRole('button', { name: 'Take over' }).click();
  // The window is locked: the owner is asked for.
  const unlock = window.getByRole('dialog', { name: 'Unlock approvals' });
  await unlock.getByLabel('PIN').fill(pin);
  await unlock.getByRole('button', { name: 'Unlock' }).click();
  const ours = window.getByRole('region', { name: 'List of ours' });
  await expect(ours.getByRole('row', { name: /of-somebody-else/ })).toBeVisible();
  await ours.getByRole('button', { name: 'Take down of-somebody-else…' }).click();
  const question = window.getByRole('alertdialog', { name: 'Take down of-somebody-else?' });
  const takeDown = question.getByRole('button', { name: 'Take down' });
  await expect(takeDown).toBeDisabled();
  await question.getByRole('textbox').fill('of-somebody-else');
  await takeDown.click();
  await goTo(window, '/costs');
  await expect(window.getByText('Gone', { exact: true })).toBeVisible({ timeout: 30_000 });
  expect((await provider.show()).rentals.map(({ state }) => state)).toEqual(['gone']);
});

test('the settings say what guards money, change the PIN, and lock', async ({ window, owner, dataRoot }) => {
  await goTo(window, '/settings');
  const money = window.getByRole('region', { name: 'Settings that guard money' });
  await expect(money.getByRole('row', { name: /Cap of a day/ })).toContainText('$50.00');
  const approvals = window.getByRole('region', { name: 'Approvals' });
  await expect(approvals.getByText('Locked', { exact: true })).toBeVisible();
  await approvals.getByRole('button', { name: 'Change the PIN…' }).click();
  const change = window.getByRole('dialog', { name: 'Change the PIN' });
  await change.getByLabel('PIN that holds now').fill('wrong horse');
  await change.getByLabel('New PIN').fill('another horse');
  await change.getByLabel('The same again').fill('another horse');
  await change.getByRole('button', { name: 'Change' }).click();
  await expect(change.getByRole('alert')).toContainText('not the PIN of this workspace');
  await change.getByLabel('PIN that holds now').fill(pin);
  await change.getByRole('button', { name: 'Change' }).click();
  await expect(approvals.getByText('Unlocked', { exact: true })).toBeVisible();
  await approvals.getByRole('button', { name: 'Lock now' }).click();
  await expect(approvals.getByText('Locked', { exact: true })).toBeVisible();
  // Whoever came in by the earlier PIN is out, too.
  expect((await owner('owner', {})).isOwner).toBe(false);
  expect(readFileSync(join(dataRoot, '.secrets/owner.json'), 'utf8')).not.toContain('another horse');
});
