import type { Listing } from '../../src-main/engine/backends/billing.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { Candidate, EndHow } from '../../src-shared/money/price.ts';
import type { Account, CallName, Calls, Fault } from './calls.ts';
import type { Machine } from './machines.ts';
import { candidateOf, rented } from './machines.ts';
import type { Attached } from './rental.ts';
import { Rental } from './rental.ts';

/** How long the provider takes, in ms of its own time. */
export interface Times {
  /** From a launch until machines run (and bill). */
  readonly provisionMs: number;
  /** From an order to end until it has ended. Until then it bills. */
  readonly endMs: number;
  /** From an end until what was billed is known. */
  readonly billMs: number;
}

interface Call {
  readonly at: number;
  readonly name: CallName;
  readonly input: unknown;
  readonly fault: Fault['kind'] | null;
}

/**
 * A provider of machines that cost money. It lives by a clock of its own: what it has begun (machines that start, orders to end,
 * autostops, acts that come late) is carried out in order of time whenever it is asked anything.
 */
export class Provider implements Account {
  /** Every call, and what was wrong with it. */
  readonly log: Call[] = [];
  /** Whether rentals end by themselves when their time is up. */
  autostopWorks = true;
  readonly times: Times;
  readonly #clock: () => number;
  #machines: readonly Machine[];
  readonly #rentals: Rental[] = [];
  #faults: Fault[] = [];
  #due: { readonly at: number; readonly act: (at: number) => void }[] = [];

  /** @param clock ms since the epoch; never goes back */
  constructor(clock: () => number, machines: readonly Machine[] = rented, times: Partial<Times> = {}) {
    this.#clock = clock;
    this.#machines = machines;
    this.times = { provisionMs: 30_000, endMs: 5_000, billMs: 3_600_000, ...times };
  }

  now(): number {
    return this.#clock();
  }

  /** Everything that was ever rented here, as it is now. */
  rentals(): readonly Rental[] {
    this.settle();
    return this.#rentals;
  }

  /** Changes what a kind of machine costs or is from now on; what runs keeps its price. */
  change(id: string, change: Partial<Machine>): void {
    this.#machines = this.#machines.map((machine) => (machine.id === id ? { ...machine, ...change } : machine));
  }

  /** What it would answer to a quote now. */
  offers(mode: 'job' | 'cluster'): Candidate[] {
    return this.#machines.map((machine) => candidateOf(machine, { mode, nodes: 1 }));
  }

  /** A kind of machine as it is now. */
  machine(id: string): Machine | null {
    return this.#machines.find((machine) => machine.id === id) ?? null;
  }

  fault(call: CallName, kind: Fault['kind'], { times = 1, afterMs = 0 }: Partial<Fault> = {}): void {
    this.#faults.push({ call, kind, times, afterMs });
  }

  /** Takes all faults away, or those of a call. */
  lift(call?: CallName): void {
    this.#faults = call === undefined ? [] : this.#faults.filter((fault) => fault.call !== call);
  }

  /** Something that others rent here: without a label, or with that of another workspace. */
  foreign(name: string, label: string | null = null, mode: 'job' | 'cluster' = 'cluster'): Rental {
    return this.#rent({ label, name, mode, nodes: 1, machine: this.#machines[0]?.id ?? '', autostop: null });
  }

  async ask<N extends CallName>(name: N, input: Calls[N]['in'], signal: AbortSignal): Promise<Calls[N]['out']> {
    signal.throwIfAborted();
    this.settle();
    const fault = this.#take(name);
    this.log.push({ at: this.now(), name, input, fault: fault?.kind ?? null });
    const act = (): Calls[N]['out'] => (this.#acts[name] as (input: Calls[N]['in']) => Calls[N]['out'])(input);
    switch (fault?.kind) {
      case undefined:
        return act();
      case 'refuse':
        throw new AppError('backend_rejected', `The provider refused (${name}).`);
      case 'unreachable':
        throw lost(name);
      case 'hang':
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        });
      case 'lose':
        act();
        throw lost(name);
      case 'late':
        this.#at(this.now() + (fault?.afterMs ?? 0), () => {
          try {
            act();
          } catch {
            // Nobody hears of a refusal that comes so late.
          }
        });
        throw lost(name);
      case 'ignore':
        return null;
      case 'stale':
        return this.#listing(fault?.afterMs);
    }
  }

  /** The command on a rented machine has ended: a job's machines go, a cluster idles. */
  commandEnded(id: string): void {
    this.settle();
    const rental = this.#live(id);
    if (rental === null || rental.idleSince !== null) return;
    const since = this.now();
    rental.idleSince = since;
    if (rental.mode === 'job') this.#order(rental, 'cancel', since);
    else this.#autostop(rental, since + (rental.autostop?.idleSec ?? Infinity) * 1_000);
  }

  /** Carries out what is due. */
  settle(): void {
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= this.now()).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) return;
      this.#due = this.#due.filter((other) => other !== next);
      next.act(next.at);
    }
  }

  readonly #acts: { readonly [N in CallName]: (input: Calls[N]['in']) => Calls[N]['out'] } = {
    quote: (wanted) => {
      const price = ({ rates }: Machine) => rates[0]?.amount ?? Infinity;
      return [...this.#machines].sort((a, b) => price(a) - price(b)).map((machine) => candidateOf(machine, wanted));
    },
    launch: (input) => {
      const there = this.#rentals.find(({ label, goneAt }) => label === input.label && goneAt === null);
      return { id: (there ?? this.#rent(input)).id };
    },
    status: ({ label, id }) => {
      const rental = this.#rentals.findLast((one) => one.goneAt === null && (one.id === id || one.label === label));
      return rental === undefined ? null : { id: rental.id, state: rental.state };
    },
    list: () => this.#listing(0),
    end: ({ id, how }) => {
      const rental = this.#live(id);
      if (rental === null) return null;
      if (!rental.ends.includes(how))
        throw new AppError('backend_rejected', `${rental.name} can't be ended by “${how}”.`);
      this.#order(rental, how, this.now());
      return null;
    },
    attach: ({ id, pid, startTime }: Attached & { id: string }) => {
      const rental = this.#live(id);
      if (rental !== null) rental.attached = { pid, startTime };
      return null;
    },
    actual: (input) => {
      const ours = this.#rentals.filter(({ label }) => label === input.label);
      const known = ours.every(({ goneAt }) => goneAt !== null && goneAt + this.times.billMs <= this.now());
      if (ours[0] === undefined || !known) return null;
      return { currency: ours[0].candidate.currency, amount: ours.reduce((sum, one) => sum + one.bill(this.now()), 0) };
    },
  };

  #listing(ageMs = 0): Listing {
    const then = this.now() - ageMs;
    const shown = this.#rentals.filter(({ createdAt, goneAt }) => createdAt <= then && (goneAt ?? Infinity) > then);
    const resources = shown.flatMap((rental) => {
      if (rental.goneAt === null) return [rental.found()];
      const before = new Rental(rental);
      before.turn('running', rental.startedAt ?? rental.createdAt);
      return [before.found()];
    });
    return { at: new Date(this.now()).toISOString(), resources };
  }

  #rent({
    label,
    name,
    mode,
    nodes,
    machine,
    autostop,
  }: Omit<Calls['launch']['in'], 'label'> & { label: string | null }) {
    const kind = this.#machines.find(({ id }) => id === machine);
    if (kind === undefined || kind.unavailable !== null)
      throw new AppError('backend_rejected', `There is no “${machine}” to rent.`);
    const createdAt = this.now();
    const parts = { label, name, mode, autostop, createdAt, candidate: candidateOf(kind, { mode, nodes }) };
    const rental = new Rental({ ...parts, id: `r-${this.#rentals.length + 1}` });
    this.#rentals.push(rental);
    this.#at(createdAt + this.times.provisionMs, (at) => {
      if (rental.goneAt !== null) return;
      rental.turn('running', at);
      if (autostop !== null) this.#autostop(rental, at + autostop.runSec * 1_000);
    });
    return rental;
  }

  /** The provider's own end of a rental whose time is up. */
  #autostop(rental: Rental, at: number): void {
    if (at === Infinity) return;
    this.#at(at, (then) => {
      if (this.autostopWorks && rental.goneAt === null && rental.state === 'running')
        this.#order(rental, rental.candidate.end, then);
    });
  }

  #order(rental: Rental, how: EndHow, at: number): void {
    rental.ending = how;
    this.#at(at + this.times.endMs, (then) => {
      rental.ending = null;
      if (rental.goneAt !== null) return;
      if (how !== 'stop' || rental.startedAt === null) rental.turn('gone', then);
      else if (rental.state !== 'stopped') rental.turn('stopped', then);
    });
  }

  #live(id: string): Rental | null {
    return this.#rentals.find((one) => one.id === id && one.goneAt === null) ?? null;
  }

  #at(at: number, act: (at: number) => void): void {
    this.#due.push({ at, act });
    this.settle();
  }

  #take(name: CallName): Fault | null {
    const fault = this.#faults.find(({ call, times }) => call === name && times !== 0);
    if (fault === undefined) return null;
    const rest = fault.times === null ? null : fault.times - 1;
    this.#faults = this.#faults.map((one) => (one === fault ? { ...one, times: rest } : one));
    return fault;
  }
}

function lost(name: CallName): AppError {
  return new AppError('backend_unavailable', `The provider did not answer (${name}).`);
}
