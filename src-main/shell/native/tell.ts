import type { WebContents } from 'electron';
import type { NativeEvent, NativeEventName } from '../../../src-shared/native.ts';
import { nativeEvents } from '../../../src-shared/native.ts';
import { channels } from '../../preload/channels.ts';

/** Tells the window's page of an event. */
export type Tell = <N extends NativeEventName>(name: N, event: NativeEvent<N>) => void;

/** The way to tell a page; once the window is gone nothing is told. */
export function tellPage(page: WebContents): Tell {
  return (name, event) => {
    if (!page.isDestroyed()) page.send(channels.event, name, nativeEvents[name].parse(event));
  };
}
