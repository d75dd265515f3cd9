import { sha256 } from './sha256.ts';

const longest = 80;

/**
 * Makes file names from names that strangers chose (item ids): letters, digits, dot, dash and underscore, not hidden, at
 * most 80 characters, no two alike on a case-blind disk. A name that had to be changed ends in a piece of its hash, and one
 * that is taken in a number.
 */
export class FileNames {
  readonly #taken = new Set<string>();

  stem(name: string): string {
    const plain = name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/[^A-Za-z0-9._-]+/g, '_')
      .replace(/^[._-]+/, '')
      .replace(/\.+$/, '');
    const changed = plain !== name || name.length > longest;
    const first = changed ? `${plain.slice(0, longest - 13)}-${sha256(name).slice(0, 8)}`.replace(/^-/, '') : name;
    let stem = first;
    for (let n = 2; this.#taken.has(stem.toLowerCase()); n += 1) stem = `${first}-${n}`;
    this.#taken.add(stem.toLowerCase());
    return stem;
  }
}
