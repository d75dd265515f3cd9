import { AppError } from '../../src-shared/errors.ts';
import { ReadBudget } from '../../src-raster/bytes/read-context.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';

/** JSON that is parsed takes up to about twenty times its size on the heap, and parsing can't be stopped on the way. */
const perDocument = 40;
/** All documents of a run together; most of what they hold is kept. */
const perRun = 8;

/**
 * Counts the bytes of catalogue documents on top of the run's budget, so that a hostile or huge catalogue ends as a limit
 * and not as a full heap.
 */
export class DocumentBudget extends ReadBudget {
  readonly #run: ReadBudget;
  readonly #heapBytes: number;
  #documentBytes = 0;

  constructor(run: ReadBudget, heapBytes: number) {
    super(run.maxReadBytes);
    this.#heapBytes = heapBytes;
    this.#run = run;
  }

  override add(bytes: number): void {
    this.#run.add(bytes);
    this.#documentBytes += bytes;
    this.#check('a catalogue document', bytes, this.#heapBytes / perDocument);
    this.#check('all catalogue documents', this.#documentBytes, this.#heapBytes / perRun);
  }

  override takeBack(bytes: number): void {
    this.#run.takeBack(bytes);
    this.#documentBytes -= bytes;
  }

  #check(what: string, asked: number, allowed: number): void {
    if (asked <= allowed) return;
    throw new AppError(
      'over_limit',
      `This run has ${asked} bytes of JSON in ${what}; limits.memory_mb allows ${Math.floor(allowed)}.`,
      {
        remedy: 'Ask for fewer items, or raise limits.memory_mb in the task.',
        details: { limit: 'memory_mb', asked, allowed: Math.floor(allowed) },
      },
    );
  }
}

/** The read context for catalogue documents. */
export function documentContext(ctx: ReadContext, heapBytes: number): ReadContext {
  return { ...ctx, budget: new DocumentBudget(ctx.budget, heapBytes) };
}
