import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceOrder } from '../../../../../src-shared/service-protocol.ts';
import {
  ServiceEnding,
  serviceFiles,
  serviceFolder,
  serviceFolders,
} from '../../../../../src-shared/service-protocol.ts';
import { writeFileAtomic } from '../../../store/files.ts';
import type { LaunchSpec } from '../../backend.ts';
import type { ContainerUser } from '../user.ts';
import { giveTo } from '../runtime-folder.ts';

/** The folder of a run through which engine and supervising worker speak about its service; gone when the run has ended. */
export class ServiceControl {
  readonly path: string;
  /** Where the service begins, and what it leaves. These two are all that it sees. */
  readonly work: string;
  readonly outputs: string;
  /** What the service prints, as far as the engine has taken it down. */
  readonly output: string;

  constructor({ folder }: Pick<LaunchSpec, 'folder'>) {
    this.path = join(folder, serviceFolder);
    this.work = join(this.path, serviceFolders.work);
    this.outputs = join(this.path, serviceFolders.outputs);
    this.output = join(this.path, serviceFiles.output);
  }

  /** Lays it out for a new attempt. */
  make(order: ServiceOrder, user: ContainerUser): void {
    this.remove();
    for (const folder of [this.path, this.work, this.outputs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(this.output, '', { mode: 0o600 });
    writeFileAtomic(join(this.path, serviceFiles.order), `${JSON.stringify(order)}\n`);
    giveTo(this.path, user);
  }

  /** Says how the service ended; the first word counts. */
  end(ending: ServiceEnding): void {
    const path = join(this.path, serviceFiles.ended);
    // The worker removes the folder when it has read the end.
    if (!existsSync(this.path) || existsSync(path)) return;
    // Readable by whoever the worker runs as; nobody else gets into the folder.
    writeFileAtomic(path, `${JSON.stringify(ServiceEnding.parse(ending))}\n`, 0o644);
  }

  /** Whether the worker wants the service ended. */
  isToStop(): boolean {
    return existsSync(join(this.path, serviceFiles.stop));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}
