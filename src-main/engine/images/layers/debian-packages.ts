import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ImageArch } from '../../../../src-shared/api/images.ts';
import { AppError } from '../../../../src-shared/errors.ts';
import { findProgram, runTool } from '../tool.ts';
import { fetchFolderPrefix } from './layer-store.ts';

/** A Debian package as a file. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly file: string;
}

/** Debian’s name of an architecture is that of OCI for both. */
const wanted = ['libc6', 'libstdc++6', 'libgcc-s1', 'ca-certificates'];
const fields = '${Package}\n${Version}\n${Architecture}\n${Depends}\n';

/** Whether this system has what it takes to fetch Debian packages. */
export function canFetchDebian(env: NodeJS.ProcessEnv): boolean {
  return findProgram('apt-get', env) !== null && findProgram('dpkg-deb', env) !== null;
}

/**
 * Fetches the packages that hold Node’s libraries, for an architecture that need not be this machine’s. apt keeps to a folder of
 * its own and to this system’s sources and keys: nothing is installed, no package list of the system changes, and signatures
 * are checked as always.
 * @param use reads the files, which are gone afterwards
 * @throws AppError `backend_unavailable` when apt is missing or cannot fetch them
 */
export async function withDebianPackages<T>(
  arch: ImageArch,
  { cache, env, signal }: { cache: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
  use: (packages: readonly DebianPackage[]) => Promise<T>,
): Promise<T> {
  const aptGet = findProgram('apt-get', env);
  const dpkgDeb = findProgram('dpkg-deb', env);
  if (aptGet === null || dpkgDeb === null)
    throw new AppError(
      'backend_unavailable',
      'This system has no apt-get and dpkg-deb to fetch Node’s libraries with.',
    );
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(cache, fetchFolderPrefix));
  try {
    const aptEnv = { ...env, APT_CONFIG: await writeAptConfig(folder, arch) };
    const apt = (args: readonly string[]) =>
      runTool({ program: aptGet, args: ['-qq', ...args], env: aptEnv, cwd: join(folder, 'debs'), signal });
    await apt(['update']);
    await apt(['download', ...wanted]);
    // The licence of two of them lies in a package that is named after their version.
    const base = (await packagesIn(folder, dpkgDeb, env, signal)).map(
      ({ depends }) => /\bgcc-\d+-base\b/.exec(depends)?.[0],
    );
    await apt(['download', ...new Set(base.filter((name) => name !== undefined))]);
    return await use(await packagesIn(folder, dpkgDeb, env, signal));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeAptConfig(folder: string, arch: ImageArch): Promise<string> {
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'debs'])
    await mkdir(join(folder, part), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  const file = join(folder, 'apt.conf');
  const quoted = (path: string) => `"${join(folder, path)}"`;
  await writeFile(
    file,
    `#clear APT::Architectures;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Architecture "${arch}";
APT::Architectures { "${arch}"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State ${quoted('state')};
Dir::State::status ${quoted('status')};
Dir::Cache ${quoted('cache')};
`,
  );
  return file;
}

async function packagesIn(
  folder: string,
  dpkgDeb: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<(DebianPackage & { depends: string })[]> {
  const packages = [];
  for (const name of readdirSync(join(folder, 'debs')).sort()) {
    const file = join(folder, 'debs', name);
    const args = ['--show', `--showformat=${fields}`, file];
    const said = await runTool({ program: dpkgDeb, args, env, signal }, (output) => text(output));
    const [packageName = '', version = '', arch = '', depends = ''] = (said ?? '').split('\n');
    packages.push({ name: packageName, version, arch, depends, file });
  }
  return packages;
}
