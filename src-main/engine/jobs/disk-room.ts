import { statfsSync } from 'node:fs';
import type { Condition } from '../../../src-shared/api/doctor.ts';
import { AppError } from '../../../src-shared/errors.ts';

/** What a disk has, in bytes and in files. A disk that counts no files has 0 of them in all. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly freeFiles: number;
  readonly totalFiles: number;
}

const gigabyte = 1e9;
/** What is kept free when nothing is set: this much, or this part of a small disk. */
const usualBytes = gigabyte;
const usualPart = 0.05;
/** A run writes tens of files; small disks have few in all. */
const usualFiles = 2_000;

/** The space on the disk of a folder, now. */
export function diskSpace(folder: string): DiskSpace {
  const { bsize, bavail, blocks, ffree, files } = statfsSync(folder);
  return { freeBytes: bsize * bavail, totalBytes: bsize * blocks, freeFiles: ffree, totalFiles: files };
}

/**
 * Keeps some of the workspace's disk free: runs that go on need room to end in order, and records to say how. Below the
 * reserve nothing new is taken and nothing that waits is started.
 */
export class DiskRoom {
  readonly #folder: string;
  readonly #minFreeGb: number | null;
  readonly #measure: (folder: string) => DiskSpace;

  /** @param minFreeGb what to keep free, GB (10^9 bytes); null: 1 GB, or 5 % of a disk of less than 20 GB */
  constructor(folder: string, minFreeGb: number | null, measure: (folder: string) => DiskSpace = diskSpace) {
    this.#folder = folder;
    this.#minFreeGb = minFreeGb;
    this.#measure = measure;
  }

  /** What is short, in words; null when there is room. */
  shortage(): string | null {
    const { freeBytes, totalBytes, freeFiles, totalFiles } = this.#space();
    const reserve =
      this.#minFreeGb === null ? Math.min(usualBytes, totalBytes * usualPart) : this.#minFreeGb * gigabyte;
    if (freeBytes < reserve)
      return `The disk of the workspace has ${size(freeBytes)} left, and ${size(reserve)} are kept free.`;
    const files = this.#minFreeGb === 0 ? 0 : Math.min(usualFiles, totalFiles * usualPart);
    if (freeFiles < files)
      return `The disk of the workspace can hold ${freeFiles} more files, and ${Math.ceil(files)} are kept free.`;
    return null;
  }

  /** @throws AppError `storage` when there is no room for another run */
  require(): void {
    const shortage = this.shortage();
    if (shortage !== null) throw new AppError('storage', shortage, { remedy: this.#remedy(), retryable: true });
  }

  /** What to tell the person while there is no room. `waiting`: how many jobs it holds up. */
  condition(waiting: number): Condition[] {
    const shortage = this.shortage();
    if (shortage === null) return [];
    const held = waiting === 0 ? 'No run is started.' : `${waiting} ${waiting === 1 ? 'run waits' : 'runs wait'}.`;
    return [{ id: 'disk', level: 'blocking', message: `${shortage} ${held}`, remedy: this.#remedy() }];
  }

  #remedy(): string {
    return `Free some space on the disk of ${this.#folder}; what waits then goes on by itself. The reserve is the setting local.min_free_gb.`;
  }

  /** A disk that cannot be asked is not known to be full. */
  #space(): DiskSpace {
    try {
      return this.#measure(this.#folder);
    } catch {
      return { freeBytes: Infinity, totalBytes: 0, freeFiles: Infinity, totalFiles: 0 };
    }
  }
}

function size(bytes: number): string {
  return bytes < gigabyte ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / gigabyte).toFixed(1)} GB`;
}
