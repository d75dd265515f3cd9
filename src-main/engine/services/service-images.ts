import type Docker from 'dockerode';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import { dockerError, statusOf } from '../backends/docker/failure.ts';
import { loginAt } from '../images/registry/docker-auth.ts';
import { parseReference } from '../images/registry/reference.ts';

/** An image that the container engine holds. */
export interface Held {
  /** `sha256:…` of its configuration. */
  readonly id: string;
  readonly bytes: number;
  readonly architecture: string;
  /** `sha256:…` of its manifest at the registry it came from; null when it came from none. */
  readonly digest: string | null;
  /** Folders that it declares as volumes. */
  readonly volumes: readonly string[];
}

/** One step of a fetch; `bytes` of `total` as far as the registry has said how much there is. */
export interface PullStep {
  readonly message: string;
  readonly bytes: number | null;
  readonly total: number | null;
}

/** A name of an image in full, so that `a`, `a:latest` and `docker.io/library/a:latest` are one. Ids stay as they are. */
export function fullName(ref: string): string {
  if (ref.startsWith('sha256:')) return ref;
  const { registry, repository, tag, digest } = parseReference(ref);
  return `${registry}/${repository}${digest === null ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}

/** Size in bytes of every image that the engine holds, by each of its full names and its id. */
export async function heldSizes(docker: Docker, signal: AbortSignal): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const { Id, RepoTags, RepoDigests, Size } of await docker.listImages({ abortSignal: signal })) {
    sizes.set(Id, Size);
    // Null in what some engines answer, whatever the types say.
    const names = [...((RepoTags as string[] | null) ?? []), ...((RepoDigests as string[] | null) ?? [])];
    for (const name of names) if (!name.includes('<none>')) sizes.set(fullName(name), Size);
  }
  return sizes;
}

/** The image of this name, digest or id, or null when the engine does not hold it. */
export async function findHeld(docker: Docker, ref: string, signal: AbortSignal): Promise<Held | null> {
  try {
    const found = await docker.getImage(ref).inspect();
    const digests = (found.RepoDigests as string[] | null) ?? [];
    const wanted = ref.includes('@') ? ref.slice(ref.indexOf('@') + 1) : null;
    const repository = fullName(ref).replace(/[@:][^/]*$/, '');
    const own = digests.find((name) => fullName(name).startsWith(`${repository}@`)) ?? digests[0];
    return {
      id: found.Id,
      bytes: found.Size,
      architecture: found.Architecture,
      volumes: Object.keys((found.Config as { Volumes?: object | null }).Volumes ?? {}),
      digest: wanted ?? (own === undefined ? null : own.slice(own.indexOf('@') + 1)),
    };
  } catch (cause) {
    signal.throwIfAborted();
    if (statusOf(cause) === 404) return null;
    throw dockerError(cause, `looking for the image ${ref}`);
  }
}

/**
 * The digest that a name stands for at its registry now, asked through the container engine; null when the registry does not
 * know it, or the engine cannot ask.
 */
export async function digestAtRegistry(
  docker: Docker,
  ref: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const answer = await docker.getImage(ref).distribution({ ...authOf(ref, env), abortSignal: signal });
    return Distribution.parse(answer).Descriptor.digest;
  } catch (cause) {
    signal.throwIfAborted();
    // 403 and 404: not there, or not for us. 5xx: the engine could not reach it. Podman has no such route.
    if (statusOf(cause) !== null || cause instanceof z.ZodError) return null;
    throw dockerError(cause, `asking for the digest of ${ref}`);
  }
}

const Distribution = z.object({ Descriptor: z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) }) });

const Line = z.object({
  status: z.string().default(''),
  id: z.string().optional(),
  error: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish(),
});

/** How often a step is told, ms: an engine reports every few kilobytes. */
const stepMs = 250;

/** Fetches an image. Ends when the engine holds it. @throws AppError `source_unavailable` with the registry's words */
export async function* pullImage(
  docker: Docker,
  ref: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): AsyncGenerator<PullStep> {
  const { registry } = parseReference(ref);
  yield { message: `Asking ${registry} for ${ref}`, bytes: null, total: null };
  let stream: NodeJS.ReadableStream | null = null;
  try {
    stream = await docker.pull(withTag(ref), { ...authOf(ref, env), abortSignal: signal });
    const layers = new Map<string, { current: number; total: number }>();
    let told = 0;
    for await (const text of createInterface({ input: stream })) {
      signal.throwIfAborted();
      const line = Line.safeParse(parsed(text));
      if (!line.success) continue;
      const { status, id, error, progressDetail } = line.data;
      if (error !== undefined) throw notFetched(ref, error);
      const { current, total } = progressDetail ?? {};
      if (id !== undefined && status === 'Downloading' && total !== undefined)
        layers.set(id, { current: current ?? 0, total });
      const layer = id === undefined ? undefined : layers.get(id);
      if (layer !== undefined && /^(Download|Pull) complete/.test(status)) layer.current = layer.total;
      if (performance.now() - told < stepMs) continue;
      told = performance.now();
      const sum = (key: 'current' | 'total') => [...layers.values()].reduce((all, one) => all + one[key], 0);
      yield {
        message: status,
        bytes: layers.size === 0 ? null : sum('current'),
        total: layers.size === 0 ? null : sum('total'),
      };
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof AppError) throw cause;
    const status = statusOf(cause);
    throw status === null ? dockerError(cause, `fetching ${ref}`) : notFetched(ref, (cause as Error).message, cause);
  } finally {
    // Whoever stops listening stops the fetch.
    if (stream !== null && 'destroy' in stream) (stream as { destroy(): void }).destroy();
  }
}

/** Fetches an image without a word. @throws AppError as `pullImage` */
export async function fetchImage(
  docker: Docker,
  ref: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const steps = pullImage(docker, ref, env, signal);
  while ((await steps.next()).done !== true);
}

function notFetched(ref: string, why: string, cause?: unknown): AppError {
  return new AppError('source_unavailable', `The image ${ref} could not be fetched: ${why}`, {
    remedy: 'Check its name and the network. A private registry needs a login: docker login.',
    cause,
  });
}

/** Without a tag an engine would fetch every image of that name. */
function withTag(ref: string): string {
  const { tag, digest } = parseReference(ref);
  return tag === null && digest === null ? `${ref}:latest` : ref;
}

function authOf(
  ref: string,
  env: NodeJS.ProcessEnv,
): { authconfig?: { username: string; password: string; serveraddress: string } } {
  const { registry } = parseReference(ref);
  const login = loginAt(registry, env);
  if (login.kind !== 'basic') return {};
  const pair = Buffer.from(login.header.replace(/^Basic /, ''), 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return { authconfig: { username: pair.slice(0, colon), password: pair.slice(colon + 1), serveraddress: registry } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
