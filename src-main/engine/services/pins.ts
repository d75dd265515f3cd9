import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { writeFileAtomic } from '../store/files.ts';
import { readRegularFile } from '../store/untrusted-files.ts';

/** What a service's image stood for when it was pinned. */
export const Pin = z.strictObject({
  /** The image as the catalogue named it then; a pin holds for no other. */
  image: z.string(),
  /** `sha256:…`: of the manifest at the registry, or of an image that no registry has. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** What to give to the container engine: `repository@sha256:…`, or the id of a local image. */
  ref: z.string(),
  at: z.iso.datetime(),
});
export type Pin = z.infer<typeof Pin>;

const Pins = z.strictObject({ v: z.literal(1), pins: z.record(z.string(), Pin) });

/** `records/services.json`: which exact image each service stands for in this workspace. */
export class PinFile {
  readonly #path: string;

  constructor(root: DataRoot) {
    this.#path = join(root.records, 'services.json');
  }

  /** @throws AppError `bad_data` when the file is there and cannot be used: a pin must not be lost in silence */
  read(): Map<string, Pin> {
    const bytes = readRegularFile(this.#path, 4 * 1024 * 1024);
    if (bytes === null) return new Map();
    try {
      return new Map(Object.entries(Pins.parse(JSON.parse(bytes.toString('utf8'))).pins));
    } catch (cause) {
      throw new AppError('bad_data', `The pins of services, ${this.#path}, cannot be read.`, {
        remedy: 'Restore the file from a backup, or remove it and pin the services again.',
        cause,
      });
    }
  }

  set(name: string, pin: Pin): void {
    const pins = this.read().set(name, pin);
    writeFileAtomic(this.#path, `${JSON.stringify({ v: 1, pins: Object.fromEntries(pins) }, null, 2)}\n`);
  }
}
