import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { TestRunner } from 'vitest';

/** Calls into mutated places in one run of one test, after which it is taken to be endless. */
const mostCalls = 5_000_000;
/** Properties with many runs, and what talks to other processes, would take hours. */
const longestMs = Number(process.env['MUTATE_TEST_MS'] ?? 1_500);

let alive = 0;
let calls = 0;
let reached: Set<number> | null = null;
Object.assign(globalThis, {
  __alive: (id: number) => {
    reached?.add(id);
    if (alive !== 0 && (calls += 1) > mostCalls) throw new Error('endless');
    return id === alive;
  },
});

const killedFile = process.env['MUTATE_KILLED'] ?? '';
const killed = (): Set<number> =>
  new Set(existsSync(killedFile) ? readFileSync(killedFile, 'utf8').split('\n').map(Number) : []);

/** Runs each test once as it is, and then once for every mutant that it comes to and that no test has killed yet. */
export default class MutatingRunner extends TestRunner {
  async runTask(test: Parameters<typeof TestRunner.getTestFn>[0]): Promise<void> {
    const run = TestRunner.getTestFn(test);
    reached = new Set();
    const began = performance.now();
    await run();
    const took = performance.now() - began;
    const places = reached;
    reached = null;
    if (took > longestMs) return;
    const dead = killed();
    for (const id of places) {
      if (dead.has(id)) continue;
      [alive, calls] = [id, 0];
      try {
        await Promise.race([run(), late(took * 10 + 2_000)]);
      } catch (cause) {
        appendFileSync(killedFile, `${id}\n`);
        appendFileSync(
          `${killedFile}.by`,
          `${id}\t${(test as { name: string }).name}\t${String(cause).split('\n')[0] ?? ''}\n`,
        );
      } finally {
        alive = 0;
      }
    }
  }
}

function late(ms: number): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('late')), ms).unref());
}
