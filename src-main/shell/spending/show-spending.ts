import type { BrowserWindow } from 'electron';
import type { Place } from '../../../src-shared/native.ts';
import type { EngineLink } from '../engine-link.ts';
import { notify } from '../native/notify.ts';
import { openPlace } from '../native/open-place.ts';
import type { Tell } from '../native/tell.ts';
import { bringToFront } from '../window/bring-to-front.ts';
import { noticesOf } from './notices.ts';
import type { SpendingNews } from './spending-watch.ts';
import { SpendingWatch } from './spending-watch.ts';
import { SpendingTray } from './tray.ts';
import { trayView } from './tray-view.ts';

export interface ShowSpendingParts {
  readonly window: BrowserWindow;
  readonly link: EngineLink;
  readonly tell: Tell;
}

/** Keeps the tray and the notices true to what costs money and what waits, also while the page is hidden. Ends with the window. */
export function showSpending({ window, link, tell }: ShowSpendingParts): SpendingWatch {
  let before: SpendingNews | null = null;
  const tray = new SpendingTray({
    open: (place: Place) => {
      openPlace(place, window, tell);
    },
    show: () => {
      if (!window.isDestroyed()) bringToFront(window);
    },
    quit: () => {
      if (!window.isDestroyed()) window.close();
    },
  });
  const watch = new SpendingWatch({
    link,
    onNews: (news) => {
      if (window.isDestroyed()) return;
      tray.show(trayView(news));
      for (const notice of noticesOf(before, news, window.isFocused())) notify(notice, window, tell);
      before = news;
    },
  });
  watch.start();
  window.on('closed', () => {
    watch.stop();
    tray.show(null);
  });
  return watch;
}
