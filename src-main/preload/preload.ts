import { contextBridge, ipcRenderer } from 'electron';
import type { NativeBridge } from '../../src-shared/native.ts';
import { channels, maxKept } from './channels.ts';
import type { Hello } from './channels.ts';

type Listener = Parameters<NativeBridge['on']>[0];

const listeners = new Set<Listener>();
/** What was told before anybody listened. */
let early: [name: string, event: unknown][] = [];

ipcRenderer.on(channels.event, (_event, name: string, event: unknown) => {
  if (listeners.size === 0) early = [...early, [name, event] as [string, unknown]].slice(-maxKept);
  for (const listener of listeners) listener(name, event);
});

// Answered for the main frame of our window on our page only, and then with what goes along with every call of the API.
const hello = ipcRenderer.sendSync(channels.hello) as Hello | null;

if (hello !== null) {
  const bridge: NativeBridge = {
    invoke: (name, input) => ipcRenderer.invoke(channels.request, { name, input }),
    on: (listener) => {
      listeners.add(listener);
      const missed = early;
      early = [];
      for (const [name, event] of missed) listener(name, event);
      return () => {
        listeners.delete(listener);
      };
    },
    ...hello,
  };
  contextBridge.exposeInMainWorld('transect', bridge);
}
