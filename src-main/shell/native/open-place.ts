import type { BrowserWindow } from 'electron';
import type { Place } from '../../../src-shared/native.ts';
import { bringToFront } from '../window/bring-to-front.ts';
import type { Tell } from './tell.ts';

/** Shows a place of the window to the person, wherever the window was. */
export function openPlace(place: Place, window: BrowserWindow, tell: Tell): void {
  if (window.isDestroyed()) return;
  bringToFront(window);
  tell('openPlace', place);
}
