import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { ServiceEnding, ServiceOrder, serviceFiles } from '../../src-shared/service-protocol.ts';
import { AppError } from '../../src-shared/errors.ts';
import { jsonText, writeAtomic } from '../run/atomic-write.ts';

/** The folder through which this worker and the engine speak about a service. */
export class ControlFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** What the engine runs. @throws AppError `internal` when it is not there: the engine writes it before it starts a worker */
  async order(): Promise<ServiceOrder> {
    const order = await this.#read(serviceFiles.order, ServiceOrder);
    if (order === null) throw new AppError('internal', 'The engine left no order for this service.');
    return order;
  }

  /** How the service ended; null while it may still run. */
  ending(): Promise<ServiceEnding | null> {
    return this.#read(serviceFiles.ended, ServiceEnding);
  }

  /** Asks the engine to end the service. */
  async askToStop(reason: string): Promise<void> {
    await writeAtomic(join(this.path, serviceFiles.stop), jsonText({ v: 1, reason }));
  }

  /** Files here are put in place whole, so that what is there can be read. */
  async #read<S extends z.ZodType>(name: string, schema: S): Promise<z.infer<S> | null> {
    const text = await readFile(join(this.path, name), 'utf8').catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
      throw cause;
    });
    return text === null ? null : schema.parse(JSON.parse(text));
  }
}
