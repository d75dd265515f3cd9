import { appOrigin } from '../../../src-shared/native.ts';

/** As much of a frame as says whose it is. */
export interface FrameFace {
  readonly url: string;
  readonly parent: FrameFace | null;
}

/** Whether an address is the window's own page. Addresses of `app:` have no origin of their own in Node, so the parts are compared. */
export function isOwnPage(address: string): boolean {
  try {
    const { protocol, host, pathname } = new URL(address);
    return `${protocol}//${host}` === appOrigin && (pathname === '/' || pathname === '/index.html');
  } catch {
    return false;
  }
}

/**
 * Whether a message comes from the main frame of our window, showing our page: neither from a frame inside it, nor from another
 * window, nor from a frame that is gone.
 */
export function isOurPage(sender: FrameFace | null, mainFrame: FrameFace): boolean {
  return sender !== null && sender === mainFrame && sender.parent === null && isOwnPage(sender.url);
}
