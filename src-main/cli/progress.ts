import type { WorkerEvent } from '../../src-shared/worker-protocol.ts';
import { say } from './print.ts';

const eraseLine = '\r\u001b[2K';

/** Shows a run's progress on standard error: one line that changes on a terminal, plain lines elsewhere. */
export class ProgressLine {
  readonly #terminal = process.stderr.isTTY;
  #phase = '';

  show(event: WorkerEvent): void {
    switch (event.type) {
      case 'progress': {
        const { phase, done, total, unit } = event.progress;
        const text = `${phase}: ${done}${total === null ? '' : ` of ${total}`} ${unit}`;
        if (this.#terminal) process.stderr.write(`${eraseLine}${text}`);
        else if (phase !== this.#phase) say(`${phase} …`);
        this.#phase = phase;
        break;
      }
      case 'log':
        // The error that ends a run comes with its result.
        if (event.level === 'warn') this.#line(`warning: ${event.message}`);
        break;
      case 'state':
      case 'artefact':
        break;
    }
  }

  end(): void {
    if (this.#terminal) process.stderr.write(eraseLine);
  }

  #line(text: string): void {
    this.end();
    say(text);
  }
}
