import { z } from 'zod';

/** `yyyymmddthhmmssz-slug-xxxxxx`: lower case, at most 44 characters, valid as a DNS-1123 label and on case-blind disks. */
export const JobId = z
  .string()
  .regex(/^\d{8}t\d{6}z-[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?-[a-z2-7]{6}$/, 'is not a job id')
  .brand<'JobId'>();
export type JobId = z.infer<typeof JobId>;

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Turns a task name into the middle part of a job id; a name without letters or digits becomes `task`. */
export function slug(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '');
  const dashed = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '');
  return dashed.slice(0, 20).replace(/-+$/, '') || 'task';
}

/**
 * Makes a job id.
 * @param taskName the task's name, any text
 * @param at the moment of creation
 * @param random at least six random bytes (5 bits of each are used)
 */
export function makeJobId(taskName: string, at: Date, random: Uint8Array): JobId {
  const stamp = at.toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '').toLowerCase();
  const tail = Array.from(random.subarray(0, 6), (byte) => base32.charAt(byte & 31)).join('');
  return JobId.parse(`${stamp}-${slug(taskName)}-${tail}`);
}
