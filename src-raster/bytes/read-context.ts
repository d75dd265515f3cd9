import { AppError } from '../../src-shared/errors.ts';

/** Counts what a run has read (all sources together) and refuses to go past its limit. */
export class ReadBudget {
  readonly maxReadBytes: number;
  bytes = 0;
  requests = 0;

  constructor(maxReadBytes: number) {
    this.maxReadBytes = maxReadBytes;
  }

  /** Books one request of `bytes` bytes before it is made. Throws `over_limit` when the sum would pass the limit. */
  add(bytes: number): void {
    const asked = this.bytes + bytes;
    if (asked > this.maxReadBytes)
      throw new AppError(
        'over_limit',
        `This run would read ${asked} bytes; limits.max_read_bytes allows ${this.maxReadBytes}.`,
        {
          remedy: 'Choose a smaller area, fewer items or a coarser grid, or raise limits.max_read_bytes in the task.',
          details: { limit: 'max_read_bytes', asked, allowed: this.maxReadBytes },
        },
      );
    this.bytes = asked;
    this.requests += 1;
  }
}

/** What every read needs to know: when to stop and how much may still be read. */
export interface ReadContext {
  readonly signal: AbortSignal;
  readonly budget: ReadBudget;
  /** True refuses every network read with `denied`; local files still work. */
  readonly offline?: boolean;
}
