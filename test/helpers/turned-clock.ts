import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { tempFolder } from './temp.ts';

/** A clock that a test can turn while programs run that were started with `env`. */
export interface TurnedClock {
  readonly env: Record<string, string>;
  /** Sets the time of day ahead by so many days, or back. */
  readonly turn: (days: number) => void;
}

/** libfaketime of Debian's package faketime; where it is missing the test is skipped, and that is said. */
export function turnedClock(context: TestContext): TurnedClock {
  const places = existsSync('/usr/lib')
    ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'faketime'))
    : [];
  const library = places.map((folder) => join(folder, 'libfaketimeMT.so.1')).find((path) => existsSync(path));
  if (library === undefined) {
    console.warn(`skipped: ${context.task.name}: Debian's faketime is not installed`);
    return context.skip();
  }
  const file = join(tempFolder(), 'clock');
  const turn = (days: number) => {
    writeFileSync(file, `${days < 0 ? '-' : '+'}${Math.abs(days)}d\n`);
  };
  turn(0);
  return {
    turn,
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // The kernel's other clock, by which timers go, cannot be set.
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  };
}
