import { AppError } from '../../../../src-shared/errors.ts';

/** A name of an image at a registry. */
export interface Reference {
  /** `docker.io`, `registry.example.org:5000`, … */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
  /** Where the registry answers. Plain HTTP only on this very machine, as in every container engine. */
  readonly url: string;
}

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${part}(?:/${part})*$`);
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const host = `(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::\\d{1,5})?`;
const pattern = new RegExp(
  `^(?:(${host})/)?(${part}(?:/${part})*)(?::(\\w[\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

/** @throws AppError `bad_data` when it is no name of an image */
export function parseReference(text: string): Reference {
  const [, first, path = '', tag = null, digest = null] = pattern.exec(text) ?? [];
  // As container engines read it: what has no dot, no port and is not localhost is the first part of a repository.
  const isHost = first !== undefined && /[.:[]|^localhost$/.test(first);
  const registry = isHost ? first : 'docker.io';
  const named = isHost || first === undefined ? path : `${first}/${path}`;
  const repository = registry === 'docker.io' && !named.includes('/') ? `library/${named}` : named;
  if (!repositoryPattern.test(repository) || !URL.canParse(`http://${registry}`))
    throw new AppError('bad_data', `${JSON.stringify(text)} is no name of an image.`, {
      remedy: 'Write it like registry.example.org/team/transect-worker:1.0',
    });
  return { registry, repository, tag, digest, url: urlOf(registry) };
}

function urlOf(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${isLoopback(new URL(`http://${registry}`).hostname) ? 'http' : 'https'}://${registry}`;
}

/** Whether a host is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
