import type { ReactElement } from 'react';
import { useEffect, useMemo, useState } from 'react';
import type { NativeEvent } from '../../src-shared/native.ts';
import type { Command } from './commands.ts';
import { commandOf, isHeld, runCommand, useCommands } from './commands.ts';
import { bridge, onNative } from './native.ts';
import { Palette } from './palette.tsx';
import { navigate, paths } from './routes.ts';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { setTheme, useTheme } from './theme.ts';

const isMac = bridge.platform === 'darwin';

/** The commands that are always there, the palette, and the ways commands are called: keys and the menu. */
export function AppCommands(): ReactElement {
  const [open, setOpen] = useState<'palette' | 'shortcuts' | null>(null);
  const theme = useTheme();
  const commands = useMemo<Command[]>(
    () => [
      { id: 'go-tasks', title: 'Go to Tasks', group: 'Go', keys: 'Mod+1', run: () => navigate(paths.tasks()) },
      { id: 'go-jobs', title: 'Go to Jobs', group: 'Go', keys: 'Mod+2', run: () => navigate(paths.jobs()) },
      {
        id: 'go-approvals',
        title: 'Go to Approvals',
        group: 'Go',
        keys: 'Mod+6',
        run: () => navigate(paths.approvals()),
      },
      { id: 'go-costs', title: 'Go to Costs', group: 'Go', keys: 'Mod+7', run: () => navigate(paths.costs()) },
      { id: 'go-review', title: 'Go to Review', group: 'Go', keys: 'Mod+3', run: () => navigate(paths.review()) },
      { id: 'go-services', title: 'Go to Services', group: 'Go', keys: 'Mod+4', run: () => navigate(paths.services()) },
      { id: 'go-doctor', title: 'Go to Doctor', group: 'Go', keys: 'Mod+5', run: () => navigate(paths.doctor()) },
      { id: 'go-settings', title: 'Go to Settings', group: 'Go', keys: 'Mod+,', run: () => navigate(paths.settings()) },
      { id: 'find', title: 'Find in what is shown', keys: 'Mod+F', run: find },
      { id: 'command-palette', title: 'Show all commands', keys: 'Mod+K', run: () => setOpen('palette') },
      { id: 'show-shortcuts', title: 'Show keyboard shortcuts', keys: 'Mod+/', run: () => setOpen('shortcuts') },
      {
        id: 'toggle-theme',
        title: theme === 'dark' ? 'Use the light theme' : 'Use the dark theme',
        group: 'View',
        run: () => setTheme(theme === 'dark' ? 'light' : 'dark'),
      },
    ],
    [theme],
  );
  useCommands(commands);
  useEffect(
    () =>
      onNative('command', ({ id }) => {
        if (!isHeld()) runCommand(id);
      }),
    [],
  );
  useEffect(() => onNative('openPlace', (place) => navigate(addressOf(place))), []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const command = commandOf(event, isMac);
      // Keys without a modifier belong to the field that has the focus.
      if (command === undefined || (isTyping(event.target) && command.keys?.includes('+') !== true)) return;
      // Also where a dialog holds the window: else the menu would take the key.
      event.preventDefault();
      if (!isHeld()) command.run();
    };
    window.addEventListener('keydown', press);
    return () => {
      window.removeEventListener('keydown', press);
    };
  }, []);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <Palette isOpen={open === 'palette'} onClose={close} isMac={isMac} />
      <ShortcutsDialog isOpen={open === 'shortcuts'} onClose={close} isMac={isMac} />
    </>
  );
}

/** Where a notification or the tray leads. */
function addressOf(place: NativeEvent<'openPlace'>): string {
  switch (place.kind) {
    case 'job':
      return paths.jobs(place.jobId);
    case 'approval':
      return paths.approvals(place.jobId);
    case 'approvals':
      return paths.approvals();
    case 'costs':
      return paths.costs();
  }
}

/** Puts the focus into the search of what is shown. Of several the last is the most particular: the one beside a list is first. */
function find(): void {
  const fields = document.querySelectorAll<HTMLInputElement>('main input[type="search"]');
  const field = [...fields].filter((one) => one.checkVisibility()).at(-1);
  field?.focus();
  field?.select();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}
