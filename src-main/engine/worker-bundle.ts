import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../src-shared/errors.ts';

const Manifest = z.object({
  version: z.string(),
  sha256: z.string(),
  files: z.record(z.string(), z.object({ sha256: z.string() })),
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
});

/** The worker that this engine launches: its program file, version and the hash over all its files. */
export interface WorkerBundle {
  readonly program: string;
  readonly version: string;
  readonly sha256: string;
  /** Every file beside the manifest, with its hash. */
  readonly files: z.infer<typeof Manifest>['files'];
  /** The npm packages whose code or data is in it. */
  readonly packages: z.infer<typeof Manifest>['packages'];
}

/** Finds the worker beside the engine, in a build as in a package. @throws AppError `internal` when it is missing. */
export function findWorkerBundle(): WorkerBundle {
  const folders = [resolve(import.meta.dirname, '../../worker'), resolve(import.meta.dirname, '../../out/worker')];
  const folder = folders.find((path) => existsSync(join(path, 'manifest.json')));
  if (folder === undefined)
    throw new AppError('internal', 'The worker program is missing.', { remedy: 'Run: npm run build' });
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  return { ...manifest, program: join(folder, 'worker.js') };
}
