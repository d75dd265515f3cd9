import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../../src-shared/errors.ts';
import { given } from '../../../client/environment.ts';

const Entry = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const DockerConfig = z.object({
  auths: z.record(z.string(), Entry).default({}),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).default({}),
});

/** What a registry is told: the value of a Basic header, or why there is none. */
export type Login =
  | { readonly kind: 'basic'; readonly header: string }
  | { readonly kind: 'none' }
  /** The login lies where only a program of Docker’s gets at it. */
  | { readonly kind: 'helper'; readonly helper: string; readonly file: string };

/**
 * The person’s login at a registry, as `docker login` keeps it in config.json. Programs that the file names are never run:
 * they print secrets, and this engine may answer to programs.
 * @throws AppError `bad_data` when the file cannot be understood
 */
export function loginAt(registry: string, env: NodeJS.ProcessEnv): Login {
  const file = join(given(env, 'DOCKER_CONFIG') ?? join(homedir(), '.docker'), 'config.json');
  const config = readConfig(file);
  const names = registry === 'docker.io' ? ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io'] : [registry];
  for (const name of names.flatMap((one) => [one, `https://${one}`, `http://${one}`])) {
    const header = basicHeader(config.auths[name]);
    if (header !== null) return { kind: 'basic', header };
  }
  const helper = names.map((name) => config.credHelpers[name]).find((one) => one !== undefined) ?? config.credsStore;
  return helper === undefined ? { kind: 'none' } : { kind: 'helper', helper: `docker-credential-${helper}`, file };
}

function basicHeader(entry: z.infer<typeof Entry> | undefined): string | null {
  if (entry?.auth !== undefined && entry.auth !== '') return `Basic ${entry.auth}`;
  if (entry?.username === undefined || entry.password === undefined) return null;
  return `Basic ${Buffer.from(`${entry.username}:${entry.password}`).toString('base64')}`;
}

function readConfig(file: string): z.infer<typeof DockerConfig> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return DockerConfig.parse({});
    throw cause;
  }
  try {
    return DockerConfig.parse(JSON.parse(text));
  } catch (cause) {
    // The parser’s own message could quote the login.
    throw new AppError('bad_data', `${file} is not a configuration of Docker.`, {
      remedy: 'Write it anew with docker login, or name another folder in DOCKER_CONFIG.',
      cause,
    });
  }
}
