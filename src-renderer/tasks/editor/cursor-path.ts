import type { YamlPath } from '../../../src-shared/task/edit-yaml.ts';

/** Where the cursor is in a task that may not be readable at this moment. */
export interface CursorPlace {
  /** The mapping that the cursor's line belongs to. */
  readonly parent: YamlPath;
  /** The key before the colon on that line, when the cursor is behind it. */
  readonly key: string | null;
}

/**
 * Finds the place by indentation alone, since a line that is being typed is seldom valid. Null within braces, brackets and
 * comments, and behind a dash.
 */
export function cursorPlace(lines: readonly string[], line: number, column: number): CursorPlace | null {
  const before = (lines[line] ?? '').slice(0, column);
  const own = /^( *)(?:([\w:.-]+):\s+)?([\w:.-]*)$/.exec(before);
  if (own === null) return null;
  const parent: string[] = [];
  let indent = own[1]?.length ?? 0;
  for (let above = line - 1; above >= 0 && indent > 0; above -= 1) {
    const found = /^( *)["']?([\w:. -]+?)["']?\s*:(?:\s|$)/.exec(lines[above] ?? '');
    const [spaces, name] = [found?.[1], found?.[2]];
    if (spaces === undefined || name === undefined || spaces.length >= indent) continue;
    parent.unshift(name);
    indent = spaces.length;
  }
  return { parent, key: own[2] ?? null };
}
