import type { ImageStep } from '../../src-shared/api/images.ts';
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

/** Shows the steps of long work that is no job: one line that changes on a terminal, one line a step elsewhere. */
export class StepLine {
  readonly #terminal = process.stderr.isTTY;
  #message = '';

  show({ message, bytes, total }: ImageStep): void {
    if (this.#terminal) {
      const share = bytes === null || total === null || total === 0 ? '' : ` ${Math.floor((100 * bytes) / total)} %`;
      process.stderr.write(`${eraseLine}${message}${share}`);
    } else if (message !== this.#message) say(message);
    this.#message = message;
  }

  end(): void {
    if (this.#terminal) process.stderr.write(eraseLine);
  }
}
