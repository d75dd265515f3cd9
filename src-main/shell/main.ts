import { app, dialog } from 'electron';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toAppError } from '../../src-shared/errors.ts';
import { readArguments } from './arguments.ts';
import { openShell } from './open-shell.ts';
import { registerSchemes } from './schemes.ts';
import { runSmoke } from './smoke.ts';
import { bringToFront } from './window/bring-to-front.ts';
import { guardStray } from './window/guard-page.ts';
import { chromiumSwitches } from './window/switches.ts';

const asked = readArguments(process.argv.slice(1), process.env, process.cwd());
for (const [name, value] of chromiumSwitches(app.commandLine.getSwitchValue('disable-features')))
  app.commandLine.appendSwitch(name, value);
// Chromium refuses to mix the two: who runs as root has no sandbox to give.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
registerSchemes();
// As soon as there is a session, and before it fetches dictionaries.
app.on('session-created', (session) => {
  session.setSpellCheckerLanguages([]);
  session.setSpellCheckerEnabled(false);
});
app.on('web-contents-created', (_event, contents) => {
  guardStray(contents);
});
app.on('window-all-closed', () => {
  app.quit();
});

if (asked.smoke) smoke();
else if (app.requestSingleInstanceLock({ dataRoot: asked.dataRoot })) open();
else app.quit();

/** The app as a person uses it. */
function open(): void {
  void app.whenReady().then(() => {
    const shell = openShell({ dataRoot: asked.dataRoot, visible: true });
    const { window } = shell;
    app.on('second-instance', (_event, _argv, _cwd, other) => {
      if (window.isDestroyed()) return;
      bringToFront(window);
      const wanted = (other as { dataRoot?: unknown } | null)?.dataRoot;
      if (typeof wanted === 'string' && wanted !== asked.dataRoot)
        void dialog.showMessageBox(window, {
          type: 'info',
          message: 'Transect is open with another workspace',
          detail: `Open: ${asked.dataRoot}\nAsked for: ${wanted}\n\nClose this window first, then open the other workspace.`,
          noLink: true,
        });
    });
    return shell.show();
  });
}

/** Proves an installation without a person: one line of JSON, and 0 when everything worked. */
function smoke(): void {
  const scratch = mkdtempSync(join(tmpdir(), 'transect-smoke-'));
  // A running window's lock and memory are not ours.
  app.setPath('userData', join(scratch, 'user-data'));
  const dataRoot = asked.dataRootGiven ? asked.dataRoot : join(scratch, 'data');
  void app
    .whenReady()
    .then(() => runSmoke(openShell({ dataRoot, visible: false }), { endEngine: !asked.dataRootGiven }))
    .then(
      (report) => ({ code: 0, report: { ok: true, ...report } }),
      (cause: unknown) => ({ code: 1, report: { ok: false, error: toAppError(cause).toData() } }),
    )
    .then(({ code, report }) => {
      rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
      process.stdout.write(`${JSON.stringify(report)}\n`, () => {
        app.exit(code);
      });
    });
}
