import { AppError, toAppError } from '../../src-shared/errors.ts';
import type { NativeEvent } from '../../src-shared/native.ts';
import type { Connection } from '../client/connect.ts';

export type EngineState = NativeEvent<'engine'>;

export interface EngineLinkParts {
  /** Attaches to the engine or starts one. */
  readonly connect: () => Promise<Connection>;
  readonly onState: (state: EngineState) => void;
  /** Milliseconds since some moment. */
  readonly now?: () => number;
}

const firstPauseMs = 500;
const longestPauseMs = 15_000;
/** An engine that lived this long did not fail at its start. */
const settledMs = 10_000;

/**
 * The shell's hold on the engine: however many calls wait, one attempt to reach it is under way, and after failures the next
 * attempt waits for longer and longer. In between calls fail at once, with the reason.
 */
export class EngineLink {
  readonly #parts: EngineLinkParts;
  readonly #now: () => number;
  #connection: Connection | null = null;
  #connectedAt = 0;
  #attempt: Promise<Connection> | null = null;
  #failures = 0;
  #notBefore = 0;
  #failure: AppError | null = null;
  #state: EngineState = { state: 'starting', message: null, remedy: null };

  constructor(parts: EngineLinkParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
  }

  /** What was last told. */
  get state(): EngineState {
    return this.#state;
  }

  /** The engine, reached or started. @throws AppError `backend_unavailable` and others, with the reason it cannot be had */
  connection(): Promise<Connection> {
    if (this.#connection !== null) return Promise.resolve(this.#connection);
    if (this.#attempt !== null) return this.#attempt;
    if (this.#failure !== null && this.#now() < this.#notBefore) return Promise.reject(this.#failure);
    this.#attempt = this.#try().finally(() => (this.#attempt = null));
    return this.#attempt;
  }

  /** Tells that this connection's engine no longer answers. Told by many calls at once, it counts once. */
  lost(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    if (this.#now() - this.#connectedAt > settledMs) this.#failures = 0;
    // The first loss is followed by an attempt at once; an engine that keeps ending is started less and less often.
    if (this.#failures > 0) this.#fail(endedEarly());
    else {
      this.#failures = 1;
      this.#tell({ state: 'starting', message: null, remedy: null });
    }
  }

  /**
   * Has something done by the engine, once more on a fresh connection when this one turns out to be dead: for what may be done twice.
   * @throws what `work` throws, or why no engine can be had
   */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.connection();
    try {
      return await work(connection);
    } catch (cause) {
      if (!(cause instanceof AppError) || cause.code !== 'backend_unavailable') throw cause;
      this.lost(connection);
      return work(await this.connection());
    }
  }

  /** Tries at once, however long the pause would have been. */
  async retry(): Promise<void> {
    this.#notBefore = 0;
    await this.connection();
  }

  async #try(): Promise<Connection> {
    this.#tell({ state: 'starting', message: null, remedy: null });
    try {
      const connection = await this.#parts.connect();
      this.#connection = connection;
      this.#connectedAt = this.#now();
      this.#failure = null;
      this.#tell({ state: 'ready', message: null, remedy: null });
      return connection;
    } catch (cause) {
      throw this.#fail(toAppError(cause));
    }
  }

  #fail(error: AppError): AppError {
    const pause = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures += 1;
    this.#failure = error;
    this.#notBefore = this.#now() + pause;
    this.#tell({ state: 'failed', message: error.message, remedy: error.remedy ?? null });
    return error;
  }

  #tell(state: EngineState): void {
    this.#state = state;
    this.#parts.onState(state);
  }
}

function endedEarly(): AppError {
  return new AppError('backend_unavailable', 'The engine ended again shortly after it had started.', {
    remedy: 'See .engine/engine.log in the workspace for the reason.',
  });
}
