import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { given } from '../../../client/environment.ts';

/** Where a container engine may answer: an address as DOCKER_HOST has it, and whose it is. */
export interface DockerAddress {
  readonly address: string;
  readonly title: string;
}

export interface AddressHost {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/**
 * The places where a container engine is looked for, in this order. DOCKER_HOST, and else a chosen context of the docker
 * command, are the only place where they are set: what a person chose is never gone around.
 */
export function dockerAddresses({ env, platform, home }: AddressHost): DockerAddress[] {
  const host = given(env, 'DOCKER_HOST');
  if (host !== undefined) return [{ address: host, title: 'DOCKER_HOST' }];
  const context = chosenContext(env, home);
  if (context !== null) return [context];
  if (platform === 'win32')
    return [
      { address: 'npipe:////./pipe/docker_engine', title: 'Docker Desktop' },
      { address: 'npipe:////./pipe/podman-machine-default', title: 'Podman' },
    ];
  const unix = (title: string, ...steps: string[]) => ({ address: `unix://${join(...steps)}`, title });
  const runtime = given(env, 'XDG_RUNTIME_DIR');
  const own = runtime === undefined ? [] : [unix('Docker without root', runtime, 'docker.sock')];
  const ownPodman = runtime === undefined ? [] : [unix('Podman without root', runtime, 'podman/podman.sock')];
  return [
    unix('Docker Engine', '/var/run/docker.sock'),
    ...own,
    unix('Docker Desktop', home, '.docker/run/docker.sock'),
    unix('Docker Desktop', home, '.docker/desktop/docker.sock'),
    unix('Colima', home, '.colima/default/docker.sock'),
    unix('OrbStack', home, '.orbstack/run/docker.sock'),
    unix('Rancher Desktop', home, '.rd/docker.sock'),
    ...ownPodman,
    unix('Podman', home, '.local/share/containers/podman/machine/podman.sock'),
    unix('Podman', '/run/podman/podman.sock'),
  ];
}

/** The context that the docker command would use, unless that is its default or cannot be read. */
function chosenContext(env: NodeJS.ProcessEnv, home: string): DockerAddress | null {
  const folder = given(env, 'DOCKER_CONFIG') ?? join(home, '.docker');
  const name = given(env, 'DOCKER_CONTEXT') ?? text(readJson(join(folder, 'config.json')), 'currentContext');
  if (name === undefined || name === 'default') return null;
  const id = createHash('sha256').update(name).digest('hex');
  const meta = readJson(join(folder, 'contexts/meta', id, 'meta.json'));
  const address = text(child(child(meta, 'Endpoints'), 'docker'), 'Host');
  // A context whose file is gone: the docker command fails then too, and says the same.
  return { address: address ?? `context:${name}`, title: `the docker context ${name}` };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function child(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function text(value: unknown, key: string): string | undefined {
  const found = child(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
