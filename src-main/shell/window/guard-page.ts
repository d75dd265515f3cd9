import type { BrowserWindow, WebContents } from 'electron';
import { openExternal } from '../native/open-external.ts';
import { externalAddress } from '../native/external.ts';
import { mayGo } from './frame-rules.ts';

/** Keeps a window's page where it is: no way to another page, to a new window or to a webview. */
export function guardPage(window: BrowserWindow): void {
  const page = window.webContents;
  const keepInPlace = (details: Electron.Event<Electron.WebContentsWillFrameNavigateEventParams>) => {
    const move = {
      target: details.url,
      isMainFrame: details.isMainFrame,
      initiator: details.initiator?.url ?? null,
    };
    if (!mayGo(move)) details.preventDefault();
  };
  page.on('will-frame-navigate', keepInPlace);
  // Nothing we serve redirects.
  page.on('will-redirect', (details) => {
    details.preventDefault();
  });
  page.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  page.setWindowOpenHandler(({ url }) => {
    if (externalAddress(url) !== null) void openExternal(url, window);
    return { action: 'deny' };
  });
  page.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}

/** For contents that are no window of ours: they get nowhere. */
export function guardStray(contents: WebContents): void {
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
