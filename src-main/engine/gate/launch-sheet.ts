import type { LaunchOption, LaunchSheet } from '../../../src-shared/api/gate.ts';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import { BackendId } from '../../../src-shared/job.ts';
import type { Settings } from '../../../src-shared/settings.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { Availability, Backend } from '../backends/backend.ts';
import { chooseBackend } from '../jobs/router.ts';
import type { Offers } from './offers.ts';
import type { Planned } from './plan-launch.ts';

export interface LaunchSheetParts {
  readonly backends: ReadonlyMap<BackendId, Backend>;
  readonly settings: Settings;
  readonly offers: Offers;
  /** Whether runs of the process back end have walls here. */
  readonly isWalled: () => boolean;
  /** Refuses what a task needs and this workspace does not have. */
  readonly admit: (task: Task, backend: BackendId) => Promise<void>;
}

/** A task that may be launched somewhere. */
export interface Launchable extends Omit<Planned, 'backend'> {
  readonly asked: BackendId | undefined;
  readonly candidate: string | undefined;
}

const titles: Readonly<Record<BackendId, string>> = {
  docker: 'Docker',
  process: 'Plain process',
  kubernetes: 'Kubernetes',
  skypilot: 'SkyPilot',
};

/** Every back end for one task, side by side, in the order in which they are shown. Keeps nothing. */
export class LaunchSheets {
  readonly #parts: LaunchSheetParts;

  constructor(parts: LaunchSheetParts) {
    this.#parts = parts;
  }

  async sheet(
    launchable: Launchable,
    available: ReadonlyMap<BackendId, Availability>,
    signal: AbortSignal,
  ): Promise<LaunchSheet> {
    const { task, asked } = launchable;
    const route = this.#route(task, asked, available);
    const ids = BackendId.options;
    const options = await Promise.all(ids.map((id) => this.#option(id, launchable, available, signal)));
    return route instanceof AppError
      ? { routed: null, refusal: route.toData(), options }
      : { routed: route, refusal: null, options };
  }

  async #option(
    id: BackendId,
    launchable: Launchable,
    available: ReadonlyMap<BackendId, Availability>,
    signal: AbortSignal,
  ): Promise<LaunchOption> {
    const common = { backend: id, title: titles[id], isolation: this.#isolation(id) };
    const backend = this.#parts.backends.get(id);
    const refused = await this.#refusal(id, launchable.task, available);
    if (refused !== null || backend === undefined)
      return { ...common, refused: (refused ?? notHere(id)).toData(), leaving: null, offer: null };
    // Machines are chosen by an id that means something at one back end only.
    const { candidate, asked, ...planned } = launchable;
    const wanted = candidate !== undefined && (asked ?? id) === id ? candidate : undefined;
    const offer = await this.#parts.offers.offer({ ...planned, backend, candidate: wanted }, signal);
    return { ...common, refused: null, leaving: offer.plan?.leaving ?? null, offer };
  }

  /** Why a task can't run there now; null when it can. */
  async #refusal(id: BackendId, task: Task, available: ReadonlyMap<BackendId, Availability>): Promise<AppError | null> {
    if (!this.#parts.backends.has(id)) return notHere(id);
    const route = this.#route(task, id, available);
    if (route instanceof AppError) {
      const found = available.get(id);
      if (route.code !== 'backend_unavailable' || found?.available !== false) return route;
      const { reason = `${titles[id]} does not answer.`, remedy } = found;
      return new AppError('backend_unavailable', reason, { remedy });
    }
    try {
      await this.#parts.admit(task, id);
      return null;
    } catch (cause) {
      return toAppError(cause);
    }
  }

  #route(task: Task, asked: BackendId | undefined, available: ReadonlyMap<BackendId, Availability>) {
    try {
      return chooseBackend(task, asked, available, this.#parts.settings);
    } catch (cause) {
      return toAppError(cause);
    }
  }

  #isolation(id: BackendId): string {
    switch (id) {
      case 'docker':
        return 'a container without your files and privileges';
      case 'process':
        return this.#parts.isWalled()
          ? 'a sandbox that sees its inputs and its servers only'
          : 'none: it runs as you, with your files and your network';
      case 'kubernetes':
        return 'a pod on a cluster that others may use';
      case 'skypilot':
        return 'machines of its own, apart from this one';
    }
  }
}

function notHere(id: BackendId): AppError {
  return new AppError('backend_unavailable', `This version of Transect can’t run tasks on ${titles[id]} yet.`, {
    remedy: 'Choose a back end of this machine.',
    retryable: false,
  });
}
