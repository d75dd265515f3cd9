import { useSyncExternalStore } from 'react';
import { native } from './native.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';
const choices: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const storageKey = 'theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

let choice: ThemeChoice = readChoice();

function readChoice(): ThemeChoice {
  const stored = localStorage.getItem(storageKey);
  return choices.find((one) => one === stored) ?? 'system';
}

function apply(): void {
  document.documentElement.dataset['theme'] = resolved();
  for (const listener of listeners) listener();
}

function resolved(): 'light' | 'dark' {
  if (choice !== 'system') return choice;
  return system.matches ? 'dark' : 'light';
}

/** Puts the theme on the page, and follows the system where a person chose nothing. */
export function startTheme(): void {
  system.addEventListener('change', apply);
  apply();
  if (choice !== 'system') void native('setTheme', { theme: choice });
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  localStorage.setItem(storageKey, next);
  apply();
  void native('setTheme', { theme: next });
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}

/** What is shown now: for what cannot be styled by tokens, such as the map. */
export function useTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, resolved);
}
