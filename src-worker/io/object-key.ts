import { AppError } from '../../src-shared/errors.ts';

/** The parts of a key. @throws AppError `bad_data` for a key that would leave its store */
export function keyParts(key: string, store: string): string[] {
  const parts = key.split('/').filter((part) => part !== '');
  if (parts.length === 0 || parts.some((part) => part === '.' || part === '..' || /[\\\0]/.test(part)))
    throw new AppError('bad_data', `${store} refers to an object by a name that is none: ${JSON.stringify(key)}.`, {
      remedy: 'The store’s metadata is damaged or was made to mislead. Use another copy.',
    });
  return parts;
}

/** The most that a whole object is taken to have unless the caller knows better. */
export const maxObjectBytes = 512 * 1_048_576;

export function tooLarge(where: string, maxBytes: number): AppError {
  return new AppError('bad_data', `${where} has more than ${maxBytes} bytes, which is more than it can be.`, {
    remedy: 'The store is damaged, or its chunks are too large for this machine: rewrite it with smaller ones.',
  });
}

/** The address of an object: its key below a store's address, with the query (a signature) that the store was given. */
export function belowAddress(base: string, key: string): string {
  if (!/^https?:/i.test(base)) return `${base.replace(/\/+$/, '')}/${key}`;
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return url.href;
}
