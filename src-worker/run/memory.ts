import type { ResourceLimits } from 'node:worker_threads';
import { AppError } from '../../src-shared/errors.ts';

const mib = 1_048_576;

/**
 * Splits `limits.memory_mb` between the compute thread's heap and the buffers that live outside it. V8's limits don't see
 * typed arrays, so those are counted by `MemoryBudget`; and the supervisor watches the resident set of both.
 */
export function splitMemory(memoryMb: number): { heap: ResourceLimits; bufferBytes: number; residentBytes: number } {
  const heapMb = Math.min(1_024, Math.max(192, Math.round(memoryMb * 0.4)));
  return {
    heap: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 },
    bufferBytes: Math.max(64, memoryMb - heapMb) * mib,
    // Two isolates with code, wasm and fonts need about this much before the first pixel.
    residentBytes: (memoryMb + 256) * mib,
  };
}

export function outOfMemory(memoryMb: number, found: string): AppError {
  return new AppError('over_limit', `The run needed more memory than limits.memory_mb: ${memoryMb} MiB allow (${found}).`, {
    remedy: 'Choose a smaller area or fewer items, or raise limits.memory_mb in the task.',
    details: { limit: 'memory_mb', allowed: memoryMb },
  });
}

/** Counts the bytes of big arrays. Take before allocating, give back when the array is let go. */
export class MemoryBudget {
  readonly bytes: number;
  #used = 0;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  get free(): number {
    return this.bytes - this.#used;
  }

  /** Runs `work` while `bytes` are booked. @throws AppError `over_limit` when they are not free */
  async hold<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (bytes > this.free) {
      const asked = Math.ceil((this.#used + bytes) / mib);
      throw new AppError('over_limit', `Pixel buffers of ${asked} MiB are needed; limits.memory_mb allows ${Math.floor(this.bytes / mib)} MiB for them.`, {
        remedy: 'Choose a smaller area or fewer items, or raise limits.memory_mb in the task.',
        details: { limit: 'memory_mb', asked, allowed: Math.floor(this.bytes / mib) },
      });
    }
    this.#used += bytes;
    try {
      return await work();
    } finally {
      this.#used -= bytes;
    }
  }
}
