import { expect, it } from 'vitest';
import type { CommandId } from '../../src-main/shell/menu.ts';
import { commandIds, menuTemplate } from '../../src-main/shell/menu.ts';

type Items = ReturnType<typeof menuTemplate>;
const flat = (items: Items): Items =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);

it.each([true, false])('the menu offers every command once, with no key twice (macOS: %s)', (mac) => {
  const heard: CommandId[] = [];
  const items = flat(menuTemplate({ mac, development: true, command: (id) => heard.push(id) }));
  const commands = items.filter(({ id }) => id !== undefined);
  expect(commands.map(({ id }) => id).sort()).toEqual([...commandIds].sort());
  for (const item of commands) (item.click as () => void)();
  expect(heard.toSorted()).toEqual([...commandIds].sort());
  const keys = items.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]));
  expect(new Set(keys).size).toBe(keys.length);
});

it('a package offers neither reload nor developer tools', () => {
  const roles = (development: boolean) =>
    flat(menuTemplate({ mac: false, development, command: () => undefined })).map(({ role }) => role);
  expect(roles(true)).toEqual(expect.arrayContaining(['reload', 'toggleDevTools']));
  expect(roles(false)).not.toContain('reload');
  expect(roles(false)).not.toContain('toggleDevTools');
});
