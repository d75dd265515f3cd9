import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Pin } from '../../src-shared/api/owner.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { DataRoot } from './data-root.ts';

const hex = z.string().regex(/^[0-9a-f]+$/);

/**
 * `.secrets/owner.json`, 0600: by what the engine knows the owner of a workspace. Verifiers only: neither the PIN nor the key can be
 * made from them. It is written by programs that a person runs on this machine, never by a call of the API, so that a
 * process which has only the socket's token can't become the owner.
 */
const OwnerFile = z.strictObject({
  v: z.literal(1),
  /** scrypt (RFC 7914) of the PIN. */
  pin: z
    .strictObject({
      salt: hex.length(32),
      hash: hex.length(64),
      N: z
        .int()
        .min(2 ** 14)
        .max(2 ** 20),
      r: z.int().min(8).max(32),
      p: z.int().min(1).max(16),
      setAt: z.iso.datetime(),
    })
    .nullable(),
  /** sha256 of a random key, which lies in the system's keychain. */
  key: z.strictObject({ sha256: hex.length(64), setAt: z.iso.datetime() }).nullable(),
});
export type OwnerFile = z.infer<typeof OwnerFile>;

/** About 0.2 s and 64 MiB for each try: what a guess costs. */
const cost = { N: 2 ** 16, r: 8, p: 1 } as const;

/** The verifiers of a workspace; empty ones when nothing was set. @throws AppError `bad_data` when the file is damaged */
export function readOwner(root: DataRoot): OwnerFile {
  const path = ownerPath(root);
  try {
    return OwnerFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { v: 1, pin: null, key: null };
    throw new AppError('bad_data', `${path} is damaged: nobody can approve.`, {
      remedy: 'Remove the file, and set a PIN again.',
      cause,
    });
  }
}

/**
 * Sets the PIN, in place of an earlier one when that is given too.
 * @throws AppError `bad_data` for a PIN that is too short, `denied` when the earlier one is wrong
 */
export async function setPin(root: DataRoot, pin: string, earlier: string | null): Promise<void> {
  const parsed = Pin.safeParse(pin);
  if (!parsed.success) throw new AppError('bad_data', `The PIN ${parsed.error.issues[0]?.message ?? 'is not valid'}.`);
  const file = readOwner(root);
  if (file.pin !== null && !(await isPin(file, earlier ?? '')))
    throw new AppError('denied', 'That is not the PIN of this workspace.', {
      remedy: 'Enter the PIN that holds now. If it is forgotten, remove .secrets/owner.json and set a new one.',
    });
  const salt = randomBytes(16);
  const hash = await derive(pin, salt, cost);
  const setAt = new Date().toISOString();
  write(root, { ...file, pin: { salt: salt.toString('hex'), hash: hash.toString('hex'), ...cost, setAt } });
}

/** Makes this key one that proves the owner, in place of an earlier one. The key itself belongs into the system's keychain. */
export function setKey(root: DataRoot, key: string): void {
  write(root, { ...readOwner(root), key: { sha256: sha256(key).toString('hex'), setAt: new Date().toISOString() } });
}

/** Whether this is the PIN. Takes as long for a wrong one. */
export async function isPin({ pin }: OwnerFile, given: string): Promise<boolean> {
  if (pin === null) return false;
  const found = await derive(given, Buffer.from(pin.salt, 'hex'), pin);
  return timingSafeEqual(found, Buffer.from(pin.hash, 'hex'));
}

/** Whether this is the key. */
export function isKey({ key }: OwnerFile, given: string): boolean {
  return key !== null && timingSafeEqual(sha256(given), Buffer.from(key.sha256, 'hex'));
}

function ownerPath(root: DataRoot): string {
  return join(root.secrets, 'owner.json');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function derive(pin: string, salt: Buffer, { N, r, p }: Readonly<Record<'N' | 'r' | 'p', number>>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same PIN typed on another keyboard may come in another normal form.
    scrypt(pin.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 256 * N * r }, (cause, key) => {
      if (cause === null) resolve(key);
      else reject(cause);
    });
  });
}

/** Whole or not at all, and readable by this user alone from its first byte on. */
function write(root: DataRoot, file: OwnerFile): void {
  const path = ownerPath(root);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const fd = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(fd, `${JSON.stringify(file, null, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
}
