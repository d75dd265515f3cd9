import { BrowserWindow, app, dialog, nativeTheme, screen } from 'electron';
import { appOrigin } from '../../../src-shared/native.ts';
import { guardPage } from './guard-page.ts';
import type { WindowMemory } from './memory.ts';
import { backgrounds, windowOptions } from './window-options.ts';

export interface WindowParts {
  readonly preload: string;
  readonly memory: WindowMemory;
  /** Whether a person is to see it. */
  readonly visible: boolean;
}

/** Makes the window, guarded and not yet loaded. */
export function makeWindow({ preload, memory, visible }: WindowParts): BrowserWindow {
  const window = new BrowserWindow(
    windowOptions({
      preload,
      bounds: memory.state.bounds,
      workAreas: screen.getAllDisplays().map(({ workArea }) => workArea),
      dark: nativeTheme.shouldUseDarkColors,
      devTools: !app.isPackaged,
    }),
  );
  guardPage(window);
  if (visible) {
    window.once('ready-to-show', () => {
      if (memory.state.maximized) window.maximize();
      window.show();
    });
    window.on('close', () => {
      memory.remember({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => void afterCrash(window, reason));
  }
  const onTheme = () => {
    window.setBackgroundColor(nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light);
  };
  nativeTheme.on('updated', onTheme);
  window.on('closed', () => nativeTheme.off('updated', onTheme));
  return window;
}

/** Loads the window's page. */
export async function loadWindow(window: BrowserWindow): Promise<void> {
  await window.loadURL(`${appOrigin}/`);
}

/** The page is gone, not the work: jobs run in the engine, and drafts are kept there. */
async function afterCrash(window: BrowserWindow, reason: string): Promise<void> {
  if (reason === 'clean-exit' || window.isDestroyed()) return;
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window stopped working',
    detail: `Its page ended (${reason}). Jobs go on, and drafts are kept.`,
    buttons: ['Load it again', 'Close the window'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  if (window.isDestroyed()) return;
  if (response === 0) await loadWindow(window);
  else window.close();
}
