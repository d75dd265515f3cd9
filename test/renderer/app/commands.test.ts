import { expect, test } from 'vitest';
import { keyWords, matches } from '../../../src-renderer/app/commands.ts';

const press = (key: string, held: readonly ('ctrl' | 'meta' | 'shift' | 'alt')[] = []) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
});

test.each([
  ['Mod+K', press('k', ['ctrl']), false, true],
  ['Mod+K', press('k', ['meta']), true, true],
  ['Mod+K', press('k', ['ctrl']), true, false],
  ['Mod+K', press('k'), false, false],
  ['Mod+K', press('K', ['ctrl', 'shift']), false, false],
  ['Mod+Shift+F', press('F', ['ctrl', 'shift']), false, true],
  ['?', press('?', ['shift']), false, true],
  ['Mod+/', press('/', ['ctrl']), false, true],
  ['Mod+Enter', press('Enter', ['ctrl']), false, true],
  ['I', press('i'), false, true],
  ['I', press('i', ['alt']), false, false],
])('%s and %o', (keys, event, isMac, expected) => {
  expect(matches(keys, event, isMac)).toBe(expected);
});

test('keys are named as the system names them', () => {
  expect(keyWords('Mod+Shift+k', false)).toEqual(['Ctrl', 'Shift', 'K']);
  expect(keyWords('Mod+Shift+k', true)).toEqual(['⌘', '⇧', 'K']);
});
