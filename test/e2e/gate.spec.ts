import type { ElectronApplication, Page } from '@playwright/test';
import type { NativeBridge, OwnerState } from '../../src-shared/native.ts';
import { windowSecretHeader } from '../../src-shared/native.ts';
import { answerQuestions, native } from './desktop.ts';
import { expect } from './fixtures.ts';
import { startHeldServer } from './held-server.ts';
import { closeWindow, ended, engineOf, paidTask, paidWork, pin, test } from './paid.ts';
import { goTo } from './places.ts';

const longMs = 60_000;
const job = (window: Page) => window.getByRole('article', { name: 'Job' });
const sheet = (window: Page) => window.getByRole('dialog', { name: /^Run “/ });

test.describe.configure({ timeout: 120_000 });

/** The PIN was typed before: the window stays unlocked for 12 h. */
async function unlocked(window: Page): Promise<void> {
  expect(await native(window, 'unlockOwner', { pin })).toMatchObject({ ok: true, value: { unlocked: true } });
}

test('a task under the threshold is submitted in two clicks, runs, and stands in the ledger', async ({
  window,
  owner,
  provider,
}) => {
  await unlocked(window);
  const text = paidTask({ name: 'Two clicks', seconds: 3_600 });
  const { entry } = await owner('createTask', { name: 'Two clicks', text });
  await goTo(window, `/tasks/${encodeURIComponent(entry.id)}`);
  await window.getByRole('button', { name: 'Run…' }).first().click();
  await sheet(window).getByRole('button', { name: 'Submit: up to $1.00' }).click();
  await expect(job(window).getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: longMs });
  const { entries } = await owner('ledger', {});
  expect(entries).toMatchObject([{ name: 'Two clicks', boundMicroUsd: 1_000_000, mode: 'job' }]);
  const { decisions } = await owner('decisions', {});
  expect(decisions.map(({ kind, actor }) => [kind, actor.by, actor.how])).toContainEqual([
    'approved',
    'owner',
    'click',
  ]);
  await expect.poll(async () => (await provider.show()).rentals.map(({ state }) => state)).toEqual(['gone']);
});

test('above the threshold other machines are chosen, the bound is planned anew and read, and a person approves', async ({
  window,
  owner,
  provider,
}) => {
  await unlocked(window);
  const text = paidTask({ name: 'Long haul', seconds: 6 * 3_600 });
  const { entry } = await owner('createTask', { name: 'Long haul', text });
  await goTo(window, `/tasks/${encodeURIComponent(entry.id)}`);
  await window.getByRole('button', { name: 'Run…' }).first().click();
  await sheet(window).getByRole('button', { name: 'Ask for approval: up to $6.00' }).click();
  const dialog = window.getByRole('dialog', { name: 'Approve “Long haul”?' });
  await expect(dialog.getByRole('button', { name: 'Approve: up to $6.00' })).toBeEnabled();
  expect((await provider.show()).rentals).toEqual([]);
  const machines = dialog.getByRole('radiogroup', { name: 'Machines' });
  await machines.getByRole('radio', { name: /spot/ }).click({ force: true });
  await expect(dialog.getByRole('status')).toContainText('At most $9.00');
  await expect(dialog.getByText('$9.00', { exact: true }).first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Approve: up to $9.00' }).click();
  await expect(job(window).getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: longMs });
  const { entries } = await owner('ledger', {});
  expect(entries).toMatchObject([{ name: 'Long haul', boundMicroUsd: 9_000_000, candidate: { id: 'spot' } }]);
});

test('a locked window asks for the PIN before it approves, and the page never sees a token', async ({
  window,
  owner,
  complaints,
}) => {
  // The first try is refused.
  complaints.allow(/status of 403/);
  const { id } = await owner('submitJob', { text: paidTask({ name: 'Locked', seconds: 6 * 3_600 }) });
  await goTo(window, `/approvals/${id}`);
  await window.getByRole('button', { name: 'Approve: up to $6.00' }).click();
  const unlock = window.getByRole('dialog', { name: 'Unlock approvals' });
  await unlock.getByRole('textbox', { name: 'PIN' }).fill('wrong one');
  await unlock.getByRole('button', { name: 'Unlock' }).click();
  await expect(unlock.getByRole('alert')).toContainText('not the PIN');
  await unlock.getByRole('textbox', { name: 'PIN' }).fill(pin);
  await unlock.getByRole('button', { name: 'Unlock' }).click();
  await expect(job(window).getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: longMs });
  const seen = await window.evaluate(async (header) => {
    const bridge = Reflect.get(globalThis, 'transect') as NativeBridge;
    const headers = { [header]: bridge.secret, 'content-type': 'application/json' };
    const opened = await fetch('/api/v1/owner/sessions', { method: 'POST', headers, body: '{"pin":"correct horse"}' });
    const status = await fetch('/api/v1/owner', { headers });
    const reply = await bridge.invoke('ownerState', null);
    return { opened: opened.status, owner: (await status.json()) as unknown, state: reply as { value: OwnerState } };
  }, windowSecretHeader);
  expect(seen.opened).toBe(403);
  expect(seen.owner).toMatchObject({ isOwner: true });
  expect(Object.keys(seen.state.value).sort()).toEqual([
    'canUseKey',
    'credentials',
    'lockedUntil',
    'unlocked',
    'wrongTries',
  ]);
});

test.describe('the window closes while work costs money', () => {
  const cluster = { name: 'Warm cluster', seconds: 3_600, mode: 'cluster' } as const;

  /** Answers the question with this button. Returns what was asked, as soon as it was. */
  async function answerWith(app: ElectronApplication, label: string): Promise<void> {
    await app.evaluate(({ dialog }, wanted) => {
      dialog.showMessageBox = (...args: unknown[]) => {
        const options = args.at(-1) as Electron.MessageBoxOptions;
        Object.assign(globalThis, { closing: options });
        return Promise.resolve({ response: (options.buttons ?? []).indexOf(wanted), checkboxChecked: false });
      };
    }, label);
  }
  const asked = (app: ElectronApplication) =>
    app.evaluate(() => (globalThis as { closing?: Electron.MessageBoxOptions }).closing ?? null);
  const states = async (provider: { show(): Promise<{ rentals: readonly { state: string }[] }> }) =>
    (await provider.show()).rentals.map(({ state }) => state);

  test('and stays open by “Don’t close”', async ({ app, window, owner, provider }) => {
    await paidWork(owner, provider, cluster);
    await answerWith(app, 'Don’t close');
    await closeWindow(app);
    await expect.poll(() => asked(app)).not.toBeNull();
    expect(await asked(app)).toMatchObject({
      message: '1 thing goes on to cost money: $1.00/h',
      detail: expect.stringContaining('• Warm cluster (cluster, skypilot): $1.00/h'),
      buttons: ['Keep supervising', 'Stop clusters', 'Don’t close'],
      defaultId: 1,
      cancelId: 2,
    });
    // Quitting asks as well.
    await app.evaluate(({ app: electron }) => {
      Object.assign(globalThis, { closing: null });
      electron.quit();
    });
    await expect.poll(() => asked(app)).not.toBeNull();
    await expect(window.getByRole('navigation', { name: 'Places' })).toBeVisible();
    expect(await states(provider)).toEqual(['running']);
  });

  test('and the engine supervises on by “Keep supervising”', async ({ app, window, owner, provider, dataRoot }) => {
    await expect(window.getByRole('navigation', { name: 'Places' })).toBeVisible();
    const { pid } = (await engineOf(dataRoot)).health;
    await paidWork(owner, provider, cluster);
    await answerWith(app, 'Keep supervising');
    await closeWindow(app);
    await ended(app);
    expect(await states(provider)).toEqual(['running']);
    expect((await engineOf(dataRoot)).health.pid).toBe(pid);
    // Its time is over by the provider's clock: the engine ends it without any window.
    await provider.order({ do: 'autostop', works: false });
    await provider.order({ do: 'turn', ms: 24 * 3_600_000 });
    await expect.poll(() => states(provider), { timeout: 30_000 }).toEqual(['stopped']);
  });

  test('and the clusters stop by “Stop clusters”', async ({ app, window, owner, provider }) => {
    await expect(window.getByRole('navigation', { name: 'Places' })).toBeVisible();
    await paidWork(owner, provider, cluster);
    await answerWith(app, 'Stop clusters');
    await closeWindow(app);
    await ended(app);
    await expect.poll(() => states(provider)).toEqual(['stopped']);
  });

  test('and runs end by “Cancel runs”', async ({ app, window, owner, provider }) => {
    await expect(window.getByRole('navigation', { name: 'Places' })).toBeVisible();
    const server = await startHeldServer();
    try {
      const run = { name: 'Held', seconds: 3_600, raster: `${server.url}/red.tif` };
      const { id } = await paidWork(owner, provider, run);
      await answerWith(app, 'Cancel runs');
      await closeWindow(app);
      await ended(app);
      await expect.poll(() => states(provider)).toEqual(['gone']);
      await expect.poll(async () => (await owner('getJob', { jobId: id })).state).toBe('cancelled');
    } finally {
      server.release();
      await server.close();
    }
  });

  test('and is told when the order did not get through', async ({ app, window, owner, provider }) => {
    await expect(window.getByRole('navigation', { name: 'Places' })).toBeVisible();
    await paidWork(owner, provider, cluster);
    await provider.order({ do: 'fault', call: 'end', kind: 'refuse', more: { times: null } });
    await answerWith(app, 'Stop clusters');
    await closeWindow(app);
    await expect.poll(async () => (await asked(app))?.message).toBe('The order to end paid work did not get through');
    await provider.order({ do: 'lift' });
    await expect.poll(() => states(provider)).toEqual(['stopped']);
  });
});

test('what nothing costs closes without a question', async ({ app, window }) => {
  await expect(window.getByRole('navigation', { name: 'Places' })).toBeVisible();
  const questions = await answerQuestions(app, 2);
  expect(await questions()).toEqual([]);
  await closeWindow(app);
  await ended(app);
});

test('what is past its time is red, told beside the clock and in a notice, and turns green when it is gone', async ({
  app,
  window,
  owner,
  provider,
}) => {
  await app.evaluate(({ Notification, Tray }) => {
    const notices: unknown[] = [];
    const tooltips: string[] = [];
    Object.assign(globalThis, { notices, tooltips });
    Notification.isSupported = () => true;
    Notification.prototype.show = function () {
      notices.push(this.title);
      Object.assign(globalThis, { notice: this });
    };
    Tray.prototype.setToolTip = (words: string) => {
      tooltips.push(words);
    };
  });
  const server = await startHeldServer();
  try {
    await goTo(window, '/costs');
    await provider.order({ do: 'autostop', works: false });
    await paidWork(owner, provider, { name: 'Runaway', seconds: 3_600, raster: `${server.url}/red.tif` });
    await expect(window.getByText('Nothing overdue')).toBeVisible();
    await expect
      .poll(() => app.evaluate(() => Reflect.get(globalThis, 'tooltips') as string[]))
      .toContainEqual(expect.stringContaining('$1.00/h for 1'));
    await provider.order({ do: 'fault', call: 'end', kind: 'refuse', more: { times: null } });
    await provider.order({ do: 'turn', ms: 2 * 3_600_000 });
    await expect(window.getByText('Overdue · $1.00/h')).toBeVisible({ timeout: 30_000 });
    await expect(window.getByRole('main').getByText('1 overdue')).toBeVisible();
    await expect
      .poll(() => app.evaluate(() => Reflect.get(globalThis, 'notices') as string[]), { timeout: 30_000 })
      .toContain('Past its time to end: Runaway');
    await goTo(window, '/jobs');
    await app.evaluate(() => (Reflect.get(globalThis, 'notice') as Electron.Notification).emit('click'));
    await expect(window.getByRole('heading', { level: 1, name: 'Costs' })).toBeVisible();
    await provider.order({ do: 'lift' });
    await expect(window.getByText('Nothing overdue')).toBeVisible({ timeout: 30_000 });
    await expect(window.getByText('Gone', { exact: true })).toBeVisible();
    await expect(window.getByText(/confirmed at/)).toBeVisible();
  } finally {
    server.release();
    await server.close();
  }
});

test('a proposal of an agent is told to a person who does not look, and a click leads to it', async ({
  app,
  window,
  api,
}) => {
  await app.evaluate(({ BrowserWindow, Notification }) => {
    Notification.isSupported = () => true;
    Notification.prototype.show = function () {
      Object.assign(globalThis, { notice: this });
    };
    BrowserWindow.getAllWindows()[0]?.hide();
  });
  await api('submitJob', { text: paidTask({ name: 'Asked by an agent', seconds: 3_600 }) });
  await expect
    .poll(() => app.evaluate(() => (Reflect.get(globalThis, 'notice') as { title?: string } | undefined)?.title))
    .toBe('Waits for your approval: Asked by an agent');
  await app.evaluate(() => (Reflect.get(globalThis, 'notice') as Electron.Notification).emit('click'));
  await expect(window.getByRole('dialog', { name: 'Approve “Asked by an agent”?' })).toBeVisible();
});
