import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { dialog, powerMonitor } from 'electron';
import type { EngineLink } from '../engine-link.ts';
import type { OwnerSession } from '../owner/owner-session.ts';
import type { ClosingParts } from './closing.ts';
import { mayClose } from './closing.ts';
import { ClosingMemory } from './closing-memory.ts';

export interface GuardClosingParts {
  readonly window: BrowserWindow;
  readonly link: EngineLink;
  readonly owner: Pick<OwnerSession, 'client'>;
  /** Where the shell remembers things. */
  readonly folder: string;
}

/**
 * Has a person decide about paid work before the window closes, whichever way it is closed: its button, its menu, Ctrl+Q, the tray. At
 * the end of the session nobody can be asked, and nothing is held up.
 */
export function guardClosing({ window, link, owner, folder }: GuardClosingParts): void {
  let state: 'open' | 'asking' | 'closing' = 'open';
  const letGo = () => (state = 'closing');
  window.on('session-end', letGo);
  powerMonitor.on('shutdown', letGo);
  window.on('closed', () => powerMonitor.off('shutdown', letGo));
  const parts: ClosingParts = {
    ...questions(window),
    memory: new ClosingMemory(join(folder, 'closing.json')),
    // An engine that has ended is started: something has to supervise what costs money.
    spending: () => link.use(({ client }) => client('spending', {})),
    // The person at the window orders it: as the owner while it is unlocked.
    end: (how) => link.use(async (connection) => (await owner.client(connection))('endOpenWork', { how })),
  };
  window.on('close', (event) => {
    if (state === 'closing') return;
    // This also ends a quit that is under way; closing the last window quits.
    event.preventDefault();
    if (state === 'asking') return;
    state = 'asking';
    // A question that can't be asked keeps nobody in.
    const decided = mayClose(parts).catch(() => true);
    void decided.then((goes) => {
      if (state === 'asking') state = goes ? 'closing' : 'open';
      if (goes && !window.isDestroyed()) window.close();
    });
  });
}

function questions(window: BrowserWindow): Pick<ClosingParts, 'ask' | 'confirmFailure'> {
  return {
    ask: async ({ message, detail, choices, defaultId, cancelId, mayRemember }) => {
      const { response, checkboxChecked } = await dialog.showMessageBox(window, {
        type: 'warning',
        title: 'Close Transect?',
        message,
        detail,
        buttons: choices.map(({ label }) => label),
        defaultId,
        cancelId,
        noLink: true,
        ...(mayRemember && { checkboxLabel: 'Do the same for these next time, without asking' }),
      });
      return { button: response, remember: checkboxChecked };
    },
    confirmFailure: async (reason) => {
      const { response } = await dialog.showMessageBox(window, {
        type: 'error',
        title: 'Close Transect?',
        message: 'The order to end paid work did not get through',
        detail: `${reason}\n\nWhat was running may go on to cost money. Costs shows what is still there; an engine that runs ends each of them when its time is over.`,
        buttons: ['Close all the same', 'Don’t close'],
        defaultId: 1,
        cancelId: 1,
        noLink: true,
      });
      return response === 0;
    },
  };
}
