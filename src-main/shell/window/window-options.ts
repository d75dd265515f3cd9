import type { BrowserWindowConstructorOptions } from 'electron';
import type { Bounds } from './memory.ts';

export interface WindowLook {
  readonly preload: string;
  readonly bounds: Bounds | null;
  /** Areas of the screens that windows may use. */
  readonly workAreas: readonly Bounds[];
  readonly dark: boolean;
  /** Developer tools are for builds that are not packaged. */
  readonly devTools: boolean;
}

const smallest = { width: 960, height: 600 };
const usual = { width: 1280, height: 800 };
/** `--bg` of the window's tokens: what shows before the first paint. */
export const backgrounds = { light: '#fafbfb', dark: '#14191c' } as const;

/** The window: nothing of Node in the page, everything in the sandbox, shown when it has something to show. */
export function windowOptions(look: WindowLook): BrowserWindowConstructorOptions {
  return {
    ...usual,
    ...(look.bounds !== null && isReachable(look.bounds, look.workAreas) && look.bounds),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Transect',
    backgroundColor: look.dark ? backgrounds.dark : backgrounds.light,
    webPreferences: {
      preload: look.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      // It would fetch dictionaries.
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: look.devTools,
    },
  };
}

/** Whether enough of a window that stood there can be seen and caught now: a screen may be gone. */
function isReachable(bounds: Bounds, workAreas: readonly Bounds[]): boolean {
  const caught = 80;
  return workAreas.some(
    (area) =>
      bounds.x + bounds.width >= area.x + caught &&
      bounds.x <= area.x + area.width - caught &&
      bounds.y >= area.y - 10 &&
      bounds.y <= area.y + area.height - caught,
  );
}
