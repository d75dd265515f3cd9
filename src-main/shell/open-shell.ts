import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { Menu, app, nativeTheme, session } from 'electron';
import { transectVersion } from '../../src-shared/version.ts';
import { connect } from '../client/connect.ts';
import type { DataRoot } from '../client/data-root.ts';
import { openDataRoot } from '../client/data-root.ts';
import { EngineLink } from './engine-link.ts';
import { menuTemplate } from './menu.ts';
import { nativeHandlers } from './native/handlers.ts';
import { serveNative } from './native/serve-native.ts';
import { tellPage } from './native/tell.ts';
import { OwnerKey } from './owner/owner-key.ts';
import { OwnerSession } from './owner/owner-session.ts';
import { systemKeyBox } from './owner/safe-storage.ts';
import { placesOf } from './places.ts';
import { serveSchemes } from './schemes.ts';
import { makeSecret } from './secret.ts';
import { guardClosing } from './spending/guard-closing.ts';
import { showSpending } from './spending/show-spending.ts';
import type { SpendingWatch } from './spending/spending-watch.ts';
import { guardSession } from './window/guard-session.ts';
import { WindowMemory } from './window/memory.ts';
import { loadWindow, makeWindow } from './window/open-window.ts';

export interface Shell {
  readonly window: BrowserWindow;
  readonly link: EngineLink;
  /** Loads the page. */
  show(): Promise<void>;
}

/**
 * Builds the window with everything around it, and begins to reach the engine. Composition only. The app must be ready. A workspace
 * or an engine that cannot be had is told in the window, which opens all the same.
 */
export function openShell({ dataRoot, visible }: { readonly dataRoot: string; readonly visible: boolean }): Shell {
  const places = placesOf(
    { packaged: app.isPackaged, appPath: app.getAppPath(), resourcesPath: process.resourcesPath },
    process.env,
  );
  const userData = app.getPath('userData');
  const memory = new WindowMemory(join(userData, 'window.json'));
  nativeTheme.themeSource = memory.state.theme;
  guardSession(session.defaultSession);

  const window = makeWindow({ preload: places.preload, memory, visible });
  const tell = tellPage(window.webContents);
  let opened: DataRoot | null = null;
  const root = () => (opened ??= openDataRoot(dataRoot));
  let watch: SpendingWatch | null = null;
  const link = new EngineLink({
    connect: async () => connect(root(), places.engine),
    onState: (state) => {
      tell('engine', state);
      if (state.state === 'ready') watch?.poke();
    },
  });
  const owner = new OwnerSession({
    root,
    link,
    key: new OwnerKey(systemKeyBox, join(userData, 'owner-keys'), root),
    onChange: (unlocked) => {
      tell('owner', { unlocked });
    },
  });
  const secret = makeSecret();
  serveSchemes(session.defaultSession, {
    renderer: places.renderer,
    secret,
    link,
    owner: (connection) => owner.headers(connection),
  });
  serveNative(
    window,
    { secret, platform: process.platform, version: transectVersion },
    nativeHandlers({ window, root, link, memory, owner, tell }),
  );
  // A page that was loaded again has missed what was told before.
  window.webContents.on('did-finish-load', () => {
    tell('engine', link.state);
  });
  app.setAboutPanelOptions({ applicationName: 'Transect', applicationVersion: transectVersion });
  const template = menuTemplate({
    mac: process.platform === 'darwin',
    development: !app.isPackaged,
    command: (id) => {
      tell('command', { id });
    },
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  if (visible) {
    guardClosing({ window, link, owner, folder: userData });
    watch = showSpending({ window, link, tell });
  }
  // What goes wrong is told in the window and to whoever calls.
  link.connection().catch(() => undefined);
  return { window, link, show: () => loadWindow(window) };
}
