import type { BrowserWindow } from 'electron';

/** Shows a window to the person, wherever it was. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
