import type { BrowserWindow } from 'electron';
import { dialog, shell } from 'electron';
import { AppError } from '../../../src-shared/errors.ts';
import { externalAddress } from './external.ts';

/** Opens an https address in the system's browser, after a question that shows the whole address. @throws AppError `denied` */
export async function openExternal(given: string, window: BrowserWindow): Promise<null> {
  const address = externalAddress(given);
  if (address === null)
    throw new AppError('denied', 'Only https addresses without a password can be opened in the browser.', {
      remedy: 'Copy the address, if you trust it, and open it by hand.',
    });
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Open this address in your browser?',
    detail: address,
    buttons: ['Open in browser', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  if (response === 0) await shell.openExternal(address);
  return null;
}
