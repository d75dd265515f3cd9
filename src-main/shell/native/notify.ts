import type { BrowserWindow } from 'electron';
import { Notification } from 'electron';
import { openPlace } from './open-place.ts';
import type { Place } from '../../../src-shared/native.ts';
import type { Tell } from './tell.ts';

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** What a click leads to. */
  readonly place: Place;
}

/** Notifications that may still be clicked: one that nobody holds is collected, and its click is lost. */
const shown = new Set<Notification>();

/** Shows a system notification where the system has them. A click brings the window to that place. */
export function notify({ title, body, place }: Notice, window: BrowserWindow, tell: Tell): void {
  if (!Notification.isSupported()) return;
  const notice = new Notification({ title, body });
  shown.add(notice);
  notice.on('click', () => {
    shown.delete(notice);
    openPlace(place, window, tell);
  });
  const forget = () => {
    shown.delete(notice);
  };
  notice.on('close', forget);
  notice.on('failed', forget);
  notice.show();
}
