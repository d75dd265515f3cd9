import { AppError } from '../../../src-shared/errors.ts';
import type { ServiceEntry } from '../../../src-shared/services.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { parseReference } from '../images/registry/reference.ts';
import { requireService } from './catalogue.ts';
import type { Pin } from './pins.ts';

/** Which container image a service task means, and what is known about it before it is fetched. */
export interface ResolvedService {
  /** Name in the catalogue; null for an image that the task names itself. */
  readonly name: string | null;
  readonly entry: ServiceEntry | null;
  /** The image as the catalogue or the task writes it. */
  readonly image: string;
  /** What to give to the container engine. */
  readonly ref: string;
  /** The digest that it was pinned to; null: whatever the tag stands for. */
  readonly pinned: string | null;
  readonly argv: readonly string[];
  /** Where it begins, inside the container. */
  readonly workdir: string;
}

const defaultWorkdir = '/workspace';

/**
 * What a service task runs; null for every other task. Pure.
 * @throws AppError `not_found` for an unknown service, `invalid_task` for what is no image name
 */
export function resolveService(
  task: Task,
  entries: ReadonlyMap<string, ServiceEntry>,
  pins: ReadonlyMap<string, Pin>,
): ResolvedService | null {
  const { analysis } = task;
  if (analysis.type !== 'service') return null;
  const { service, image: named, argv } = analysis;
  const entry = service === undefined ? null : requireService(entries, service);
  const image = entry?.image ?? named ?? '';
  const pin = entry === null ? undefined : pins.get(entry.name);
  // A pin holds for the image that it was made for.
  const held = pin?.image === image ? pin : null;
  const ownDigest = digestIn(image);
  return {
    name: entry?.name ?? null,
    entry,
    image,
    ref: held?.ref ?? image,
    pinned: held?.digest ?? ownDigest,
    argv,
    workdir: analysis.workdir ?? entry?.workdir ?? defaultWorkdir,
  };
}

/** The digest that an image's own name holds, or the id that it is. @throws AppError `invalid_task` for what is no image name */
function digestIn(image: string): string | null {
  if (/^sha256:[0-9a-f]{64}$/.test(image)) return image;
  try {
    return parseReference(image).digest;
  } catch (cause) {
    throw new AppError('invalid_task', `${JSON.stringify(image.slice(0, 200))} is no name of a container image.`, {
      remedy: 'Write analysis.image like registry.example.org/team/solver:1.0',
      cause,
    });
  }
}
