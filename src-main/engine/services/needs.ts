import { AppError } from '../../../src-shared/errors.ts';
import type { ServiceEntry } from '../../../src-shared/services.ts';
import type { Task } from '../../../src-shared/task/schema.ts';

/** What the machine has for containers. */
export interface MachineRoom {
  /** As OCI names it: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly memoryBytes: number;
  readonly cpus: number;
}

/** The most that the settings let one task take of this machine. */
export interface LocalLimits {
  readonly local_max_memory_gb: number;
  readonly local_max_cpus: number;
}

export interface ServiceNeeds {
  readonly memoryBytes: number;
  readonly cpus: number;
}

const gibibyte = 1_073_741_824;
const mebibyte = 1_048_576;

/**
 * Memory and processors of a service's container: what the task asks for, else the larger of the service's least and the task's
 * memory limit and one processor. Pure.
 */
export function serviceNeeds(task: Task, entry: ServiceEntry | null): ServiceNeeds {
  const { memory_gb: asked, cpus } = task.resources;
  const least = entry === null ? 0 : entry.resources.min_memory_gb * gibibyte;
  return {
    memoryBytes: Math.ceil(asked === undefined ? Math.max(least, task.limits.memory_mb * mebibyte) : asked * gibibyte),
    cpus: cpus ?? entry?.resources.min_cpus ?? 1,
  };
}

/**
 * Refuses what this machine cannot give to a service. Pure.
 * @throws AppError `over_limit` for memory and processors, `backend_rejected` for architecture and GPU
 */
export function checkNeeds(task: Task, entry: ServiceEntry | null, room: MachineRoom, limits: LocalLimits): void {
  const name = entry?.name ?? 'the service';
  if (task.resources.gpus !== undefined && task.resources.gpus > 0) throw noGpu('The task asks for a GPU');
  if (entry !== null) {
    if (entry.resources.gpu_required) throw noGpu(`The service ${name} needs a GPU`);
    if (!entry.architectures.some((one) => one === `linux/${room.architecture}`))
      throw new AppError(
        'backend_rejected',
        `The service ${name} is made for ${entry.architectures.join(' and ')}, and this machine runs linux/${room.architecture}.`,
        { remedy: 'Run it on a machine of that architecture.' },
      );
    const { memory_gb: asked } = task.resources;
    const { min_memory_gb: least } = entry.resources;
    if (asked !== undefined && asked < least)
      throw new AppError(
        'over_limit',
        `The service ${name} needs ${least} GiB of memory; resources.memory_gb is ${asked}.`,
        {
          remedy: `Set resources.memory_gb to ${least} or more, or leave it out.`,
          details: { limit: 'memory_gb', asked: least, allowed: asked },
        },
      );
  }
  const { memoryBytes, cpus } = serviceNeeds(task, entry);
  const needed = memoryBytes / gibibyte;
  if (needed > limits.local_max_memory_gb)
    throw tooMuch(
      `${name} needs ${shown(needed)} GiB of memory`,
      `${limits.local_max_memory_gb} GiB`,
      'local.max_memory_gb',
    );
  if (memoryBytes > room.memoryBytes)
    throw new AppError(
      'over_limit',
      `${name} needs ${shown(needed)} GiB of memory, and containers have ${shown(room.memoryBytes / gibibyte)} GiB on this machine.`,
      { remedy: 'Run it on a larger machine, or give the container engine more memory.' },
    );
  if (cpus > limits.local_max_cpus)
    throw tooMuch(`${name} needs ${cpus} CPUs`, String(limits.local_max_cpus), 'local.max_cpus');
}

function noGpu(what: string): AppError {
  return new AppError('backend_rejected', `${what}, which runs on this machine do not have.`, {
    remedy: 'Choose a back end with GPUs.',
  });
}

function tooMuch(what: string, allowed: string, setting: string): AppError {
  return new AppError('over_limit', `${what}, and the settings allow ${allowed} on this machine.`, {
    remedy: `Raise ${setting}, or choose another back end.`,
  });
}

function shown(gib: number): string {
  return String(Math.round(gib * 10) / 10);
}
