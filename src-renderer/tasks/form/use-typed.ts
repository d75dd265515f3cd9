import { useState } from 'react';

/**
 * What a person types into a field, and the value it stands for. A text that means the value already is left alone, so that
 * `1.` does not lose its dot while it becomes `1.5`; any other change of the value, such as an undo, replaces it.
 */
export function useTyped<T>(
  value: T,
  show: (value: T) => string,
  means: (typed: string, value: T) => boolean,
): [string, (typed: string) => void] {
  const shown = show(value);
  const [typed, setTyped] = useState(shown);
  const [seen, setSeen] = useState(shown);
  if (shown !== seen) {
    setSeen(shown);
    if (!means(typed, value)) setTyped(shown);
  }
  return [typed, setTyped];
}

/** The number that a person wrote, or null. A real minus sign counts as one. */
export function parseNumber(typed: string): number | null {
  const text = typed.trim().replace('−', '-');
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;
}

/** Items between commas or line breaks. */
export function parseItems(typed: string): string[] {
  return typed
    .split(/[,\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
