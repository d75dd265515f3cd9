/** A name with wildcards, split at the folder that holds whatever it can mean. */
interface FilePattern {
  /** `.` for a pattern without a folder. */
  readonly folder: string;
  /** The rest, with `/` between its steps. */
  readonly pattern: string;
}

/**
 * Splits a local name with wildcards: `*` any part of a name, `?` one character of it, `**` any folders below. Null for a name
 * without wildcards, and for an address.
 */
export function filePattern(name: string): FilePattern | null {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name) || !/[*?]/.test(name)) return null;
  const steps = name.replaceAll('\\', '/').split('/');
  const first = steps.findIndex((step) => /[*?]/.test(step));
  const folder = steps.slice(0, first).join('/');
  return { folder: folder === '' ? (name.startsWith('/') ? '/' : '.') : folder, pattern: steps.slice(first).join('/') };
}

/** Tells the relative paths (with `/`) that a pattern stands for. */
export function matchesPattern(pattern: string): (path: string) => boolean {
  const source = pattern
    .split('/')
    .map((step) => (step === '**' ? '**' : Array.from(step, sign).join('')))
    .join('/')
    .replaceAll('**/', '(?:[^/]+/)*');
  const whole = new RegExp(`^${source.replaceAll('**', '.*')}$`, 'u');
  return (path) => whole.test(path);
}

function sign(character: string): string {
  if (character === '*') return '[^/]{0,}';
  return character === '?' ? '[^/]' : character.replace(/[\\^$.+()[\]{}|]/, '\\$&');
}
