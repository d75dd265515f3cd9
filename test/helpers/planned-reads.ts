import { expect } from 'vitest';
import type { WorkerRun } from './worker-process.ts';
import { metadataOf } from './worker-process.ts';

interface Reads {
  readonly bytes: number;
  readonly requests: number;
  readonly pixels: number;
}

/** What must hold of a run that ended well: it read what its plan said, to a tenth. Gives what it had planned. */
export function checkReads(run: WorkerRun): Reads {
  const {
    read,
    planned_read: planned,
    warnings,
  } = metadataOf<{ read: Reads; planned_read: Reads; warnings: string[] }>(run);
  for (const key of ['bytes', 'requests'] as const) {
    const words = `${key}: ${read[key]} read, ${planned[key]} planned`;
    expect(read[key] / planned[key], words).toBeGreaterThan(0.9);
    expect(read[key] / planned[key], words).toBeLessThan(1.1);
  }
  expect(read.pixels).toBeLessThanOrEqual(Math.ceil(planned.pixels * 1.1));
  expect(warnings.filter((text) => text.includes('beyond its plan'))).toEqual([]);
  return planned;
}
