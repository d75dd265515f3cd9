import type { KnownService } from '../../src-shared/api/services.ts';
import type { ServiceEntry } from '../../src-shared/services.ts';
import { bytes } from '../ui/format.ts';

/** Whether the machine has a service's image, in words; null where no container engine answers. */
export function presenceWords({ present, bytes: size }: KnownService): string | null {
  if (present === null) return null;
  if (!present) return 'Not fetched';
  return size === null ? 'On this machine' : `On this machine, ${bytes(size)}`;
}

/** A digest as it is told apart: the beginning of its hash. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** What a service needs, as one line. */
export function needsWords({ resources }: ServiceEntry): string {
  const { min_cpus: cpus, min_memory_gb: least, recommended_memory_gb: better } = resources;
  const memory = better > least ? `${least} GiB of memory, ${better} GiB recommended` : `${least} GiB of memory`;
  const gpu = resources.gpu_required ? ', and a GPU' : resources.gpu_beneficial ? ', faster with a GPU' : '';
  return `${cpus} ${cpus === 1 ? 'processor' : 'processors'} and ${memory}${gpu}`;
}

const runtimes: Record<ServiceEntry['runtime'], string> = { python3: 'Python', bash: 'Shell', julia: 'Julia' };

export function runtimeWord({ runtime }: ServiceEntry): string {
  return runtimes[runtime];
}

/** Whether no container engine answered: then nothing is known of any image. */
export function isEngineAway(services: readonly KnownService[]): boolean {
  return services.length > 0 && services.every(({ present }) => present === null);
}
