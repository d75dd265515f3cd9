import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { app, clipboard, dialog, nativeTheme, shell } from 'electron';
import { AppError } from '../../../src-shared/errors.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { readTaskFile } from '../../client/task-file.ts';
import type { EngineLink } from '../engine-link.ts';
import type { OwnerSession } from '../owner/owner-session.ts';
import type { WindowMemory } from '../window/memory.ts';
import type { NativeHandlers } from './answer-native.ts';
import { notify } from './notify.ts';
import { openExternal } from './open-external.ts';
import { pickDialog, taskFileDialog } from './pick.ts';
import { destinationProblem, runFile } from './run-files.ts';
import { saveLedger } from './save-ledger.ts';
import type { Tell } from './tell.ts';

export interface NativeParts {
  readonly window: BrowserWindow;
  /** The workspace. @throws AppError `storage` when it cannot be used */
  readonly root: () => DataRoot;
  readonly link: EngineLink;
  readonly memory: WindowMemory;
  readonly owner: OwnerSession;
  readonly tell: Tell;
}

/** What the window can ask of the desktop. A file becomes readable for tasks only by a person's choice in a dialog. */
export function nativeHandlers({ window, root, link, memory, owner, tell }: NativeParts): NativeHandlers {
  // The same path twice is the same grant.
  const allow = (path: string) => link.use(({ client }) => client('addGrant', { path }));
  return {
    pickInput: async ({ kind }) => {
      const { filePaths } = await dialog.showOpenDialog(window, pickDialog(kind));
      const [path] = filePaths;
      return path === undefined ? null : { grant: await allow(path) };
    },
    openTaskFile: async () => {
      const { filePaths } = await dialog.showOpenDialog(window, taskFileDialog);
      const [path] = filePaths;
      if (path === undefined) return null;
      const { text } = readTaskFile(path);
      const grant = await allow(dirname(path)).catch((cause: unknown) => {
        if (cause instanceof AppError && cause.code === 'denied') return null;
        throw cause;
      });
      return { name: basename(path), text, grant };
    },
    showInFolder: async ({ jobId, path }) => {
      const file = runFile(root(), jobId, path);
      if (path !== '') {
        shell.showItemInFolder(file);
        return null;
      }
      const problem = await shell.openPath(file);
      if (problem !== '')
        throw new AppError('not_found', `The system’s file manager did not open ${file}: ${problem}`, {
          remedy: 'Open the folder by hand.',
        });
      return null;
    },
    saveCopy: async ({ jobId, path }) => {
      const file = runFile(root(), jobId, path);
      const defaultPath = join(app.getPath('downloads'), basename(file));
      const { filePath } = await dialog.showSaveDialog(window, { title: 'Save a copy', defaultPath });
      if (filePath === '') return null;
      const problem = destinationProblem(root(), filePath);
      if (problem !== null) throw problem;
      await copyFile(file, filePath);
      return { name: basename(filePath) };
    },
    saveLedger: (range) => saveLedger(range, { window, root: root(), link }),
    notify: (notice) => {
      notify(notice, window, tell);
      return Promise.resolve(null);
    },
    openExternal: ({ url }) => openExternal(url, window),
    copyText: async ({ text }) => {
      await clipboard.writeText(text);
      return null;
    },
    setTheme: ({ theme }) => {
      nativeTheme.themeSource = theme;
      memory.remember({ theme });
      return Promise.resolve(null);
    },
    retryEngine: async () => {
      await link.retry();
      return null;
    },
    ownerState: () => owner.state(),
    unlockOwner: ({ pin }) => owner.unlock(pin),
    setOwnerPin: ({ pin, old }) => owner.setPin(pin, old),
    lockOwner: () => owner.lock(),
  };
}
