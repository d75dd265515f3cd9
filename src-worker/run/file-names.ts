import { sha256 } from './sha256.ts';

const longest = 80;
const hashDigits = 8;

/**
 * Makes file names from names that strangers chose (item ids): letters, digits, dot, dash and underscore, not hidden, at
 * most 80 characters, no two alike on a case-blind disk. A name that had to be changed ends in a piece of its hash.
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
    const usable = plain === name && name !== '' && name.length <= longest;
    let stem = usable ? name : hashed(plain, name);
    for (let again = 2; this.#taken.has(stem.toLowerCase()); again += 1) stem = hashed(plain, `${name}\0${again}`);
    this.#taken.add(stem.toLowerCase());
    return stem;
  }
}

function hashed(plain: string, name: string): string {
  return `${plain.slice(0, longest - hashDigits - 1) || 'item'}-${sha256(name).slice(0, hashDigits)}`;
}
