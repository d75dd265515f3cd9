import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Manifest = z.object({ version: z.string(), sha256: z.string() });

/** Which worker this is. `sha256` covers every file of the bundle; code that runs from source has none. */
export interface WorkerIdentity {
  readonly version: string;
  readonly sha256: string;
}

export function workerIdentity(): WorkerIdentity {
  const manifest = join(import.meta.dirname, 'manifest.json');
  if (existsSync(manifest)) {
    const { version, sha256 } = Manifest.parse(JSON.parse(readFileSync(manifest, 'utf8')));
    return { version, sha256 };
  }
  const source = z.object({ version: z.string() });
  const { version } = source.parse(JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')));
  return { version, sha256: 'unbundled' };
}
