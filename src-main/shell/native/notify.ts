import type { BrowserWindow } from 'electron';
import { Notification } from 'electron';
import { bringToFront } from '../window/bring-to-front.ts';
import type { NativeHandlers } from './answer-native.ts';
import type { Tell } from './tell.ts';

/** Notifications that may still be clicked: one that nobody holds is collected, and its click is lost. */
const shown = new Set<Notification>();

/** Shows a system notification where the system has them. A click brings the window to that job. */
export function notify(
  { title, body, jobId }: Parameters<NativeHandlers['notify']>[0],
  window: BrowserWindow,
  tell: Tell,
): Promise<null> {
  if (!Notification.isSupported()) return Promise.resolve(null);
  const notice = new Notification({ title, body });
  shown.add(notice);
  notice.on('click', () => {
    shown.delete(notice);
    if (window.isDestroyed()) return;
    bringToFront(window);
    tell('openJob', { jobId });
  });
  const forget = () => {
    shown.delete(notice);
  };
  notice.on('close', forget);
  notice.on('failed', forget);
  notice.show();
  return Promise.resolve(null);
}
