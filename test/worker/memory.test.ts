import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { MemoryBudget, splitMemory, threadError } from '../../src-worker/run/memory.ts';

describe('memory', () => {
  it('a thread whose heap is full ended over its limit', async () => {
    const greedy = new Worker('let chain = null; for (;;) chain = { chain };', {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: 32 },
    });
    const cause = await new Promise((resolve) => greedy.on('error', resolve));
    const error = threadError(cause, 256);
    expect(error.code).toBe('over_limit');
    expect(error.message).toMatch(/limits\.memory_mb: 256 MiB allow \(the heap is full\)/);
  });

  it('counts buffers that are held at the same time, and frees them also after an error', async () => {
    const budget = new MemoryBudget(100);
    await budget.hold(60, async () => {
      await expect(budget.hold(50, async () => undefined)).rejects.toMatchObject({ code: 'over_limit' });
      await budget.hold(40, async () => expect(budget.free).toBe(0));
    });
    await expect(budget.hold(60, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(budget.free).toBe(100);
  });

  it.each([256, 2_048, 65_536])(
    'of %i MiB is divided so that the supervisor notices before V8 gives up',
    (memoryMb) => {
      const { heap, bufferBytes, heapBytes, residentBytes } = splitMemory(memoryMb);
      expect((heap.maxOldGenerationSizeMb ?? 0) * 1_048_576).toBeGreaterThan(residentBytes);
      expect(bufferBytes + heapBytes).toBeLessThanOrEqual(residentBytes);
    },
  );
});
