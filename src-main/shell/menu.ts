import type { MenuItemConstructorOptions } from 'electron';

export interface MenuParts {
  readonly mac: boolean;
  /** Reload and developer tools are for builds that are not packaged. */
  readonly development: boolean;
  /** Has the window run the command with this id. */
  readonly command: (id: CommandId) => void;
}

/** Commands that the menu offers; the window's palette knows them by the same ids. */
export const commandIds = [
  'go-tasks',
  'go-jobs',
  'go-review',
  'go-services',
  'go-doctor',
  'go-approvals',
  'go-costs',
  'go-settings',
  'new-task',
  'open-task',
  'save-task',
  'run-task',
  'command-palette',
  'find',
  'toggle-theme',
  'show-shortcuts',
] as const;
export type CommandId = (typeof commandIds)[number];

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** The application's menu. */
export function menuTemplate({ mac, development, command }: MenuParts): MenuItemConstructorOptions[] {
  const item = (id: CommandId, label: string, accelerator?: string): MenuItemConstructorOptions => ({
    id,
    label,
    ...(accelerator !== undefined && { accelerator }),
    click: () => {
      command(id);
    },
  });
  const settings = item('go-settings', 'Settings', 'CmdOrCtrl+,');
  return [
    ...(mac ? [appMenu(settings)] : []),
    {
      label: '&File',
      submenu: [
        item('new-task', 'New task', 'CmdOrCtrl+N'),
        item('open-task', 'Open task file…', 'CmdOrCtrl+O'),
        item('save-task', 'Save task', 'CmdOrCtrl+S'),
        separator,
        ...(mac ? [{ role: 'close' } as const] : [settings, separator, { role: 'quit' } as const]),
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        separator,
        item('find', 'Find', 'CmdOrCtrl+F'),
      ],
    },
    {
      label: '&View',
      submenu: [
        item('go-tasks', 'Tasks', 'CmdOrCtrl+1'),
        item('go-jobs', 'Jobs', 'CmdOrCtrl+2'),
        item('go-review', 'Review', 'CmdOrCtrl+3'),
        item('go-services', 'Services', 'CmdOrCtrl+4'),
        item('go-doctor', 'Doctor', 'CmdOrCtrl+5'),
        item('go-approvals', 'Approvals', 'CmdOrCtrl+6'),
        item('go-costs', 'Costs', 'CmdOrCtrl+7'),
        separator,
        item('command-palette', 'Command palette', 'CmdOrCtrl+K'),
        item('toggle-theme', 'Switch between light and dark'),
        separator,
        { role: 'zoomIn', accelerator: 'CmdOrCtrl+Plus' },
        // The same key without Shift.
        { role: 'zoomIn', accelerator: 'CmdOrCtrl+=', visible: false, acceleratorWorksWhenHidden: true },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        separator,
        { role: 'togglefullscreen' },
        ...(development ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const] : []),
      ],
    },
    { label: '&Run', submenu: [item('run-task', 'Run task', 'CmdOrCtrl+Return')] },
    {
      role: 'help',
      label: '&Help',
      submenu: [item('show-shortcuts', 'Keyboard shortcuts', 'F1'), ...(mac ? [] : [{ role: 'about' } as const])],
    },
  ];
}

function appMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      settings,
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
}
