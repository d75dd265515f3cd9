import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type {
  Availability,
  Backend,
  Ending,
  Handle,
  LaunchSpec,
  Launched,
} from '../../src-main/engine/backends/backend.ts';
import type { Billing } from '../../src-main/engine/backends/billing.ts';
import { Permit } from '../../src-main/engine/gate/permit.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { BackendId } from '../../src-shared/job.ts';
import type { Account } from './calls.ts';

const pollMs = 50;
/** How long one answer of the provider is waited for. */
const answerMs = 5_000;

interface Parts {
  readonly id: BackendId;
  readonly need: 'billed' | 'shared';
  readonly account: Account;
  /** Where the worker really runs: this machine stands for the rented ones. */
  readonly machine: Backend;
}

/**
 * A back end whose machines cost money, for tests: it rents from the provider, and runs the real worker as long as what it rented
 * runs. Without the gate’s permit it does nothing at all.
 */
export class PricedBackend implements Backend {
  readonly id: BackendId;
  readonly billing: Billing;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.id = parts.id;
    this.#parts = parts;
    this.billing = billingOf(parts);
  }

  async check(signal: AbortSignal): Promise<Availability> {
    try {
      await this.#parts.account.ask('status', { id: 'nothing' }, signal);
      return { available: true };
    } catch {
      return { available: false, reason: 'The provider does not answer.', remedy: 'Try again later.' };
    }
  }

  plan(spec: LaunchSpec): Record<string, z.core.util.JSONType> {
    const image = `priced/worker@sha256:${'0'.repeat(64)}`;
    return { ...this.#parts.machine.plan(spec), image, name: `transect-${spec.jobId}` };
  }

  async submit(spec: LaunchSpec, signal: AbortSignal): Promise<Launched> {
    const { permit, task } = spec;
    const { account, machine } = this.#parts;
    if (!Permit.is(permit) || permit.entryId !== spec.jobId || permit.plan.candidate === null)
      throw new AppError('gate_closed', 'Nothing is rented without an approval.');
    const { candidate, bound } = permit.plan;
    signal.throwIfAborted();
    const rental = await account.ask(
      'launch',
      {
        ...{ label: permit.entryId, name: `transect-${spec.jobId}`, machine: candidate.id, nodes: candidate.nodes },
        mode: task.mode,
        autostop: { runSec: bound.runSec + (task.mode === 'cluster' ? bound.idleSec : 0), idleSec: bound.idleSec },
      },
      AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    );
    try {
      await this.#untilRunning(rental.id, signal);
      const launched = await machine.submit(spec, signal);
      await this.#attach(rental.id, launched.handle);
      return { ...launched, handle: { ...launched.handle, rental: rental.id, mode: task.mode } };
    } catch (cause) {
      await this.#release({ rental: rental.id, mode: task.mode });
      throw cause;
    }
  }

  async find(spec: LaunchSpec): Promise<Launched | null> {
    const { account, machine } = this.#parts;
    const rental = await account.ask('status', { label: spec.jobId }, AbortSignal.timeout(answerMs));
    const launched = await machine.find(spec);
    if (rental === null || launched === null) {
      // Machines without the worker that they were rented for.
      if (rental !== null) await this.#release({ rental: rental.id, mode: spec.task.mode });
      return null;
    }
    await this.#attach(rental.id, launched.handle);
    return { ...launched, handle: { ...launched.handle, rental: rental.id, mode: spec.task.mode } };
  }

  /** The machine ends with its worker and the worker with its machine: the provider sees to both, whether or not anybody watches. */
  watch(spec: LaunchSpec, handle: Handle, signal: AbortSignal): Promise<Ending> {
    return this.#parts.machine.watch(spec, handle, signal);
  }

  cancel(handle: Handle, how: 'term' | 'kill'): Promise<void> {
    return this.#parts.machine.cancel(handle, how);
  }

  async cleanup(spec: LaunchSpec, handle: Handle): Promise<void> {
    await this.#parts.machine.cleanup(spec, handle);
    await this.#release(handle);
  }

  report() {
    return Promise.resolve([]);
  }

  async #untilRunning(id: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const answer = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
      const rental = await this.#parts.account.ask('status', { id }, answer);
      if (rental?.state === 'running') return;
      if (rental === null) throw new AppError('backend_rejected', 'The machines went before they had started.');
      await sleep(pollMs, undefined, { signal });
    }
  }

  async #attach(id: string, { pid, startTime }: Handle): Promise<void> {
    const process = { pid: Number(pid), startTime: typeof startTime === 'string' ? startTime : null };
    await this.#parts.account.ask('attach', { id, ...process }, AbortSignal.timeout(answerMs));
  }

  /** A job's machines go with it; a cluster stays, for its idle time. */
  async #release({ rental, mode }: Handle): Promise<void> {
    if (mode !== 'job' || typeof rental !== 'string') return;
    await this.#parts.account.ask('end', { id: rental, how: 'cancel' }, AbortSignal.timeout(answerMs));
  }
}

/** What the gate and the supervisor get of a provider. */
export function billingOf({ need, account }: Pick<Parts, 'need' | 'account'>): Billing {
  return {
    need,
    quote: ({ task: { mode, resources } }, signal) =>
      account.ask('quote', { mode, nodes: resources?.num_nodes ?? 1 }, signal),
    list: (signal) => account.ask('list', {}, signal),
    end: async ({ id }, how, signal) => {
      await account.ask('end', { id, how }, signal);
    },
    actual: async ({ entryId }, signal) => {
      const billed = await account.ask('actual', { label: entryId }, signal);
      return billed === null ? null : { ...billed, source: 'the provider’s bill' };
    },
  };
}
