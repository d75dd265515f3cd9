import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sequences } from './actions.ts';
import { live } from './live.ts';

const given = process.env['FUZZ_SEED'];
const runs = Number(process.env['FUZZ_RUNS'] ?? 5_000);

/** Random sequences in worlds of their own. Two files have 5,000 each, so that both cores of a small machine work on them. */
export function keepsItsPromises(part: number): void {
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given) + part;
  it(`keeps every promise about money, whatever happens (FUZZ_SEED=${seed})`, { timeout: 900_000 }, async () => {
    const came = { launches: 0, rentals: 0, ended: 0 };
    await fc.assert(
      fc.asyncProperty(sequences, async (actions) => {
        const { provider } = await live(actions);
        came.launches += provider.log.filter(({ name }) => name === 'launch').length;
        came.ended += provider.log.filter(({ name }) => name === 'end').length;
        came.rentals += provider.rentals().length;
      }),
      { numRuns: runs, seed },
    );
    console.info(`FUZZ_SEED=${seed} FUZZ_RUNS=${runs}`, came);
    // Most worlds came to where it matters.
    expect(came.launches).toBeGreaterThan(runs / 2);
  });
}
