interface Flight<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/** Lets callers that want the same thing at the same time share the work. It is stopped when the last of them has given up. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** @throws the reason of `signal` as soon as this caller gives up; else what `work` throws */
  async run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#start(key, work);
    flight.waiting += 1;
    let giveUp = () => {};
    try {
      return await Promise.race([
        flight.result,
        new Promise<never>((_, reject) => {
          giveUp = () => {
            reject(signal.reason);
          };
          signal.addEventListener('abort', giveUp, { once: true });
        }),
      ]);
    } finally {
      signal.removeEventListener('abort', giveUp);
      flight.waiting -= 1;
      if (flight.waiting === 0 && this.#flights.get(key) === flight) {
        // Whoever comes now starts anew instead of sharing work that is being stopped.
        this.#flights.delete(key);
        flight.stop.abort(signal.reason);
      }
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController();
    const flight: Flight<T> = { result: work(stop.signal), stop, waiting: 0 };
    const over = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.result.then(over, over);
    this.#flights.set(key, flight);
    return flight;
  }
}
