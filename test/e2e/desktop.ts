import type { ElectronApplication, Page } from '@playwright/test';

// The parts of the desktop that a test cannot click. Electron's own functions are replaced in the running app; the app's code stays
// what it is.

/** The next open dialogs answer with this path, or are closed (null). */
export async function answerOpenDialog(app: ElectronApplication, path: string | null): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () =>
      Promise.resolve({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] });
  }, path);
}

/** The next save dialogs answer with this path, or are closed (null). */
export async function answerSaveDialog(app: ElectronApplication, path: string | null): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: chosen === null, filePath: chosen ?? '' });
  }, path);
}

/** The next questions are answered with the button of this number. Returns what was asked so far, when called. */
export async function answerQuestions(
  app: ElectronApplication,
  response: number,
): Promise<() => Promise<{ message: string; detail?: string }[]>> {
  await app.evaluate(({ dialog }, button) => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = (...args: unknown[]) => {
      asked.push(args.at(-1));
      return Promise.resolve({ response: button, checkboxChecked: false });
    };
  }, response);
  return () => app.evaluate(() => (globalThis as unknown as { asked: { message: string; detail?: string }[] }).asked);
}

/** Addresses and paths that the app gave to the system from now on, instead of giving them. */
export async function catchOpened(app: ElectronApplication): Promise<() => Promise<string[]>> {
  await app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = (address) => {
      opened.push(address);
      return Promise.resolve();
    };
    shell.openPath = (path) => {
      opened.push(path);
      return Promise.resolve('');
    };
    shell.showItemInFolder = (path) => {
      opened.push(path);
    };
  });
  return () => app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
}

/** Clicks the item of the application's menu with this id. */
export async function clickMenu(app: ElectronApplication, id: string): Promise<void> {
  await app.evaluate(({ Menu }, item) => {
    const found = Menu.getApplicationMenu()?.getMenuItemById(item);
    if (found == null) throw new Error(`the menu has no ${item}`);
    found.click();
  }, id);
}

/** Asks the desktop from the page, as the window's code does. Returns the raw reply. */
export function native(window: Page, name: string, input: unknown): Promise<unknown> {
  return window.evaluate(
    ([what, how]) =>
      (
        globalThis as unknown as { transect: { invoke(name: unknown, input: unknown): Promise<unknown> } }
      ).transect.invoke(what, how),
    [name, input] as const,
  );
}
