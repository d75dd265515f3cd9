import { writeSync } from 'node:fs';
import type { EgressEvent } from '../../src-shared/egress.ts';

/** A hostile client could ask for ever: after this many lines only the number of further ones is kept. */
const maxLines = 20_000;

/** Appends what the proxy did as lines of JSON to an open file. Writing never fails the proxy. */
export class EventLog {
  readonly #fd: number;
  #lines = 0;
  #withheld = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  add(event: Omit<EgressEvent, 'at'>): void {
    this.#lines += 1;
    if (this.#lines > maxLines) this.#withheld += 1;
    else this.#write(event);
  }

  /** Says how many events are missing, if any. */
  close(): void {
    if (this.#withheld === 0) return;
    const reason = `${this.#withheld} further events are not listed`;
    this.#write({ host: '', verdict: 'cut', reason, bytes: 0 });
    this.#withheld = 0;
  }

  #write(event: Omit<EgressEvent, 'at'>): void {
    const line: EgressEvent = { at: new Date().toISOString(), ...event, host: event.host.slice(0, 300) };
    try {
      writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    } catch {
      // A full disk or a closed pipe must not open or close the way out.
    }
  }
}
