import { useState } from 'react';

/** State that the next start of the window finds again. For comforts only: it may be lost at any time. */
export function useRemembered<T extends string | number | boolean>(key: string, initial: T): [T, (next: T) => void] {
  const [value, setValue] = useState<T>(() => read(key, initial));
  return [
    value,
    (next) => {
      setValue(next);
      localStorage.setItem(key, JSON.stringify(next));
    },
  ];
}

function read<T>(key: string, initial: T): T {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return typeof stored === typeof initial ? (stored as T) : initial;
  } catch {
    return initial;
  }
}
