import { chmod, open } from 'node:fs/promises';
import type { KnownSecrets } from '../run/known-secrets.ts';

const pieceBytes = 1_048_576;

/** Whether a file holds a secret of the run, in one of the forms in which programs repeat them. Read in pieces. */
export async function holdsSecret(path: string, secrets: KnownSecrets): Promise<boolean> {
  const overlap = secrets.longestBytes - 1;
  if (overlap < 0) return false;
  await chmod(path, 0o644);
  await using file = await open(path, 'r');
  const buffer = Buffer.allocUnsafe(pieceBytes + overlap);
  let kept = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, kept, pieceBytes, null);
    if (bytesRead === 0) return false;
    const filled = kept + bytesRead;
    if (secrets.isIn(buffer.subarray(0, filled))) return true;
    // What stands across the seam of two pieces is looked for again.
    kept = Math.min(overlap, filled);
    buffer.copyWithin(0, filled - kept, filled);
  }
}
