import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const Bounds = z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() });
export type Bounds = z.infer<typeof Bounds>;

const Remembered = z.object({
  bounds: Bounds.nullable().default(null),
  maximized: z.boolean().default(false),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
});
export type Remembered = z.infer<typeof Remembered>;

/** What the shell remembers of its window from one start to the next. Losing it does no harm, so nothing here throws. */
export class WindowMemory {
  readonly #file: string;
  #state: Remembered;

  constructor(file: string) {
    this.#file = file;
    this.#state = read(file);
  }

  get state(): Remembered {
    return this.#state;
  }

  remember(change: Partial<Remembered>): void {
    this.#state = { ...this.#state, ...change };
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(this.#file, `${JSON.stringify(this.#state, null, 2)}\n`, { mode: 0o600 });
    } catch {
      // The next start begins with the defaults.
    }
  }
}

function read(file: string): Remembered {
  try {
    return Remembered.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return Remembered.parse({});
  }
}
