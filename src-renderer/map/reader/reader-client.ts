import { AppError } from '../../../src-shared/errors.ts';
import type { CallReader, FromWorker, Operation, Operations, ToWorker, Traffic } from './protocol.ts';

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The window's end of the map worker: typed calls that can be aborted. */
export class ReaderClient implements CallReader {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #onTraffic: (traffic: Traffic) => void;
  #next = 1;

  constructor(onTraffic: (traffic: Traffic) => void) {
    this.#onTraffic = onTraffic;
    this.#worker = new Worker(new URL('./map-worker.ts', import.meta.url), { type: 'module', name: 'map' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    this.#worker.addEventListener('error', (event) => {
      const error = new AppError('internal', `The map's worker failed: ${event.message}`, {
        remedy: 'Reload the window.',
      });
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
    });
  }

  call<O extends Operation>(
    operation: O,
    input: Operations[O]['input'],
    signal: AbortSignal,
  ): Promise<Operations[O]['output']> {
    return new Promise<unknown>((resolve, reject) => {
      signal.throwIfAborted();
      const id = this.#next++;
      const cancel = (): void => {
        this.#post({ kind: 'cancel', id });
        this.#pending.delete(id);
        reject(signal.reason);
      };
      signal.addEventListener('abort', cancel, { once: true });
      const settled = (): void => signal.removeEventListener('abort', cancel);
      this.#pending.set(id, {
        resolve: (value) => {
          settled();
          resolve(value);
        },
        reject: (reason) => {
          settled();
          reject(reason);
        },
      });
      this.#post({ kind: 'call', id, operation, input });
    }) as Promise<Operations[O]['output']>;
  }

  /** Ends the worker; what is still waited for stays unanswered. */
  end(): void {
    this.#worker.terminate();
    this.#pending.clear();
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    this.#onTraffic(message.traffic);
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'answer') pending?.resolve(message.value);
    else if (message.error !== null) pending?.reject(AppError.fromData(message.error));
  }
}
