import type { BrowserWindow, IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import { AppError } from '../../../src-shared/errors.ts';
import type { NativeReply } from '../../../src-shared/native.ts';
import type { NativeHandlers } from './answer-native.ts';
import { answerNative } from './answer-native.ts';
import type { Hello } from '../../preload/channels.ts';
import { channels } from '../../preload/channels.ts';
import { isOurPage } from './sender.ts';

/** Listens to one window's page: the one place where messages come in, and where their sender is checked. */
export function serveNative(window: BrowserWindow, hello: Hello, handlers: NativeHandlers): void {
  const page = window.webContents;
  const isOurs = (event: IpcMainEvent | IpcMainInvokeEvent) =>
    event.sender === page && isOurPage(event.senderFrame, page.mainFrame);
  page.ipc.on(channels.hello, (event) => {
    event.returnValue = isOurs(event) ? hello : null;
  });
  page.ipc.handle(channels.request, (event, message: unknown): Promise<NativeReply> | NativeReply =>
    isOurs(event)
      ? answerNative(message, handlers)
      : { ok: false, error: new AppError('denied', 'Only the window’s own page may ask.').toData() },
  );
}
