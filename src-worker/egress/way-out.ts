import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Admissions } from './admission.ts';
import { dial } from './dial.ts';
import type { EventLog } from './event-log.ts';
import type { Tally } from './tally.ts';
import type { Target } from './target.ts';
import { count } from './tunnel.ts';
import { throughProxy, upstreamFor } from './upstream.ts';

/** A connection to the outside, or what to answer in its place. */
export type Opened =
  { readonly socket: Socket } | { readonly socket: null; readonly status: 403 | 502 | 504; readonly reason: string };

/** The only way from a client to the outside: admission, connection, counting and the log of all of it. */
export class WayOut {
  readonly #admissions: Admissions;
  readonly #tally: Tally;
  readonly #events: EventLog;
  readonly #env: NodeJS.ProcessEnv;
  readonly #open = new Set<Socket>();

  constructor(admissions: Admissions, tally: Tally, events: EventLog, env: NodeJS.ProcessEnv) {
    this.#admissions = admissions;
    this.#tally = tally;
    this.#events = events;
    this.#env = env;
  }

  /** Opens a counted connection to a target, if it is admitted and the run may still read. */
  async open(target: Target, signal: AbortSignal): Promise<Opened> {
    const host = `${target.host}:${target.port}`;
    if (this.#tally.spent) return this.refuse(host, 403, 'the run has read all that its limit allows');
    const proxy = upstreamFor(target, this.#env);
    const decision = await this.#admissions.decide(target, proxy !== null);
    if (!decision.admitted) return this.refuse(host, decision.status, decision.reason);
    try {
      const socket = await (proxy === null
        ? dial(decision.addresses, target.port, signal)
        : throughProxy(proxy, target, signal));
      this.#open.add(socket);
      count(socket, this.#tally, ({ bytes, cut }) => {
        this.#open.delete(socket);
        const reason = cut ? 'the run has read all that its limit allows' : null;
        this.#events.add({ host, verdict: cut ? 'cut' : 'admitted', reason, bytes });
      });
      return { socket };
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
      return this.refuse(host, code === 'ETIMEDOUT' ? 504 : 502, `it could not be reached (${code})`);
    }
  }

  /** Ends every connection; what came through them is written down. */
  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    while (this.#open.size > 0) await setImmediate();
  }

  /** Writes down that a client got nothing, and why. */
  refuse(host: string, status: 403 | 502 | 504, reason: string): Opened {
    this.#events.add({ host, verdict: 'refused', reason, bytes: 0 });
    return { socket: null, status, reason };
  }
}
