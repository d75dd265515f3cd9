import { useEffect, useSyncExternalStore } from 'react';

/** Something a person can have done by the palette, by a key or by the menu. `keys` as in `Mod+Shift+K`; Mod is Cmd on macOS. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group?: string;
  readonly keys?: string;
  readonly run: () => void;
}

const stacks = new Map<string, Command[]>();
const listeners = new Set<() => void>();
let snapshot: readonly Command[] = [];

function publish(): void {
  snapshot = [...stacks.values()].flatMap((stack) => stack.at(-1) ?? []);
  for (const listener of listeners) listener();
}

/** Offers commands while the component is there. Of two with one id, the later one holds. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    for (const command of commands) stacks.set(command.id, [...(stacks.get(command.id) ?? []), command]);
    publish();
    return () => {
      for (const command of commands) {
        const rest = (stacks.get(command.id) ?? []).filter((other) => other !== command);
        if (rest.length > 0) stacks.set(command.id, rest);
        else stacks.delete(command.id);
      }
      publish();
    };
  }, [commands]);
}

/** Every command that is offered now. */
export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );
}

/** Runs a command by id; false when nobody offers it now. */
export function runCommand(id: string): boolean {
  const command = stacks.get(id)?.at(-1);
  command?.run();
  return command !== undefined;
}

/** Whether a dialog waits for its answer: until then, nothing happens behind it. A toast has the role, too, and holds nothing. */
export function isHeld(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"]:not([aria-modal="false"])') !== null;
}

/** The command of a key press, if any. */
export function commandOf(event: KeyboardEvent, isMac: boolean): Command | undefined {
  return snapshot.find(({ keys }) => keys !== undefined && matches(keys, event, isMac));
}

/** Whether a key press is what `keys` says. */
export function matches(
  keys: string,
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
  isMac: boolean,
): boolean {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  const mod = parts.includes('Mod');
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    event.ctrlKey === ((mod && !isMac) || parts.includes('Ctrl')) &&
    event.metaKey === (mod && isMac) &&
    event.altKey === parts.includes('Alt') &&
    // A shifted sign such as `?` carries its Shift in itself.
    (event.shiftKey === parts.includes('Shift') || (key.length === 1 && !/[a-z0-9]/i.test(key)))
  );
}

/** `keys` as a person reads them. */
export function keyWords(keys: string, isMac: boolean): string[] {
  const names: Record<string, string> = isMac
    ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Ctrl: '⌃', Enter: '↩' }
    : { Mod: 'Ctrl' };
  return keys.split('+').map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}
