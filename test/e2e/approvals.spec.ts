import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';
import { paidTask, pin, test } from './paid.ts';
import { native } from './desktop.ts';
import { goTo, useTheme } from './places.ts';
import { seriousIn } from './serious.ts';
import { tabTo } from './tab-to.ts';

test.describe.configure({ timeout: 240_000 });

const question = (window: Page, name: string) => window.getByRole('dialog', { name: `Approve “${name}”?` });

for (const theme of ['light', 'dark'] as const)
  test(`axe finds nothing serious where launches are offered and approved, ${theme}`, async ({ window, owner }) => {
    await useTheme(window, theme);
    const { entry } = await owner('createTask', { name: 'Dear', text: paidTask({ name: 'Dear', seconds: 21_600 }) });
    const { id } = await owner('submitJob', { text: paidTask({ name: 'Dear', seconds: 21_600 }) });
    const found: string[] = [];

    await goTo(window, `/tasks/${encodeURIComponent(entry.id)}`);
    await window.getByRole('button', { name: 'Run…' }).first().click();
    await expect(window.getByRole('dialog').getByRole('button', { name: /^Ask for approval/ })).toBeEnabled();
    await window.getByText(/^How “up to/).click();
    found.push(...(await seriousIn(window, 'launch sheet')));
    await window.keyboard.press('Escape');

    await goTo(window, '/approvals');
    await expect(window.getByRole('list', { name: 'Waiting for a decision' }).getByRole('link')).toHaveCount(1);
    found.push(...(await seriousIn(window, 'what waits')));
    await window.getByRole('tab', { name: 'Decisions' }).click();
    await expect(window.getByText('Proposed', { exact: true })).toBeVisible();
    found.push(...(await seriousIn(window, 'decisions')));

    await goTo(window, `/approvals/${id}`);
    await expect(question(window, 'Dear').getByRole('button', { name: 'Approve: up to $6.00' })).toBeEnabled();
    await window.getByText('The exact plan', { exact: true }).click();
    found.push(...(await seriousIn(window, 'approval')));
    expect(found).toEqual([]);
  });

test('a proposal is read, planned anew on other machines, left alone and approved by keyboard', async ({
  window,
  owner,
  provider,
}) => {
  const { keyboard } = window;
  await native(window, 'unlockOwner', { pin });
  const { id } = await owner('submitJob', { text: paidTask({ name: 'By keys', seconds: 21_600 }) });
  await goTo(window, '/approvals');
  await tabTo(window, window.getByRole('link', { name: /By keys/ }));
  await keyboard.press('Enter');
  const dialog = question(window, 'By keys');
  const approve = (usd: string) => dialog.getByRole('button', { name: `Approve: up to ${usd}` });
  await expect(approve('$6.00')).toBeEnabled();

  // Closing decides nothing.
  await keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  expect((await owner('getJob', { jobId: id })).state).toBe('awaiting_approval');
  await goTo(window, `/approvals/${id}`);
  await expect(approve('$6.00')).toBeEnabled();

  const machines = dialog.getByRole('radiogroup', { name: 'Machines' });
  await tabTo(window, machines.getByRole('radio', { name: /small/ }));
  await keyboard.press('ArrowDown');
  await expect(dialog.getByRole('status')).toContainText('At most $7.20');
  await expect(machines.getByRole('radio', { name: /vague/ })).toBeChecked();
  await expect(dialog.getByText('Not known: egress to elsewhere')).toBeVisible();
  await tabTo(window, dialog.getByRole('textbox', { name: /^Note/ }));
  await keyboard.type('for the paper');
  await tabTo(window, approve('$7.20'));
  await keyboard.press('Enter');
  await expect(window.getByRole('article', { name: 'Job' })).toBeVisible();
  const { decisions } = await owner('decisions', { job: id });
  expect(decisions.find(({ kind }) => kind === 'approved')).toMatchObject({
    actor: { by: 'owner', how: 'dialog' },
    boundMicroUsd: 7_200_000,
    words: 'for the paper',
  });
  await expect.poll(async () => (await provider.show()).rentals.length).toBe(1);
});

test('a refused proposal starts nothing, and its job says so', async ({ window, owner, provider }) => {
  await native(window, 'unlockOwner', { pin });
  const { id } = await owner('submitJob', { text: paidTask({ name: 'Too dear', seconds: 21_600 }) });
  await goTo(window, `/jobs/${id}`);
  await expect(window.getByText('It waits for a person’s approval.')).toBeVisible();
  await window.getByRole('button', { name: 'Decide…' }).click();
  await question(window, 'Too dear').getByRole('button', { name: 'Refuse' }).click();
  await expect(window.getByText('Nothing waits for you')).toBeVisible();
  expect((await owner('getJob', { jobId: id })).state).toBe('cancelled');
  expect((await provider.show()).rentals).toEqual([]);
  await goTo(window, `/jobs/${id}`);
  await window.getByRole('tab', { name: /^Record/ }).click();
  await expect(window.getByText(/^Refused for up to \$6\.00 by the owner, in the dialog/)).toBeVisible();
});
