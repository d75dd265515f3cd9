import type { ResourceLimits } from 'node:worker_threads';
import { AppError, toAppError } from '../../src-shared/errors.ts';
import { collectYoung } from './collect-young.ts';

const mib = 1_048_576;

export interface MemoryLimits {
  /** Above this resident set the supervisor stops the thread. */
  readonly residentBytes: number;
  /** V8's own limit. It lies higher, because V8 ends the whole process where it can't stop the thread in time. */
  readonly heap: ResourceLimits;
  /** What big arrays may take together; V8 doesn't count them, `MemoryBudget` does. */
  readonly bufferBytes: number;
  /** What is meant to be on the heap: catalogue documents, figures. */
  readonly heapBytes: number;
}

/** Two isolates with code, wasm and fonts need about this much before the first pixel. */
const baseMb = 256;

/** Divides `limits.memory_mb`, which is on top of what the program itself needs. */
export function splitMemory(memoryMb: number): MemoryLimits {
  const heapMb = Math.min(1_024, Math.max(192, Math.round(memoryMb * 0.4)));
  return {
    residentBytes: (memoryMb + baseMb) * mib,
    // A small nursery is emptied often, and with it the pixel buffers that its dead objects hold (measured: 60 MB less at the peak).
    heap: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: memoryMb + 2 * baseMb },
    bufferBytes: Math.max(64, memoryMb - heapMb) * mib,
    heapBytes: heapMb * mib,
  };
}

export function outOfMemory(memoryMb: number, found: string): AppError {
  return new AppError(
    'over_limit',
    `The run needed more memory than limits.memory_mb: ${memoryMb} MiB allow (${found}).`,
    {
      remedy: 'Choose a smaller area or fewer items, or raise limits.memory_mb in the task.',
      details: { limit: 'memory_mb', allowed: memoryMb },
    },
  );
}

/** What ended a thread: an `error` event's cause in the words of a run. */
export function threadError(cause: unknown, memoryMb: number): AppError {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return outOfMemory(memoryMb, 'the heap is full');
  if (cause instanceof RangeError && /allocation|Invalid (typed )?array length/i.test(cause.message))
    return outOfMemory(memoryMb, cause.message);
  return toAppError(cause);
}

/** Dead arrays of so many bytes are collected at once. */
const collectEvery = 32 * mib;

/** Counts the bytes of big arrays. Take before allocating, give back when the array is let go. */
export class MemoryBudget {
  readonly bytes: number;
  #used = 0;
  #letGo = 0;

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
      throw new AppError(
        'over_limit',
        `Pixel buffers of ${asked} MiB are needed; limits.memory_mb allows ${Math.floor(this.bytes / mib)} MiB for them.`,
        {
          remedy: 'Choose a smaller area or fewer items, or raise limits.memory_mb in the task.',
          details: { limit: 'memory_mb', asked, allowed: Math.floor(this.bytes / mib) },
        },
      );
    }
    this.#used += bytes;
    try {
      return await work();
    } finally {
      this.#used -= bytes;
      this.letGo(bytes);
    }
  }

  /** Says that arrays of so many bytes are no longer in use; they are collected once it is worth it. */
  letGo(bytes: number): void {
    this.#letGo += bytes;
    if (this.#letGo < collectEvery) return;
    this.#letGo = 0;
    collectYoung();
  }
}
