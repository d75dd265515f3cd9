import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { runtimeFolder } from '../../../client/data-root.ts';
import { seccompFilter } from './seccomp.ts';
import { closedView, systemView, threadLimit } from './system-view.ts';

const trialMs = 20_000;
const failureMs = 60_000;

/** Whether runs can be walled off here. `problem`: why not, null when they can. */
export interface SandboxState {
  readonly version: string | null;
  readonly problem: { readonly found: string; readonly remedy: string } | null;
}

/** The sandbox of the process back end: bwrap(1), which needs no privileges where the system allows user namespaces. */
export class Bubblewrap {
  readonly path: string | null;
  readonly #node: string;
  readonly #prlimit: string | null;
  #state: SandboxState | null = null;
  #triedAt = 0;

  constructor(path: string | null, node: string, prlimit: string | null) {
    this.path = path;
    this.#prlimit = prlimit;
    this.#node = node;
  }

  /**
   * Tries it with everything that a run will ask of it, and remembers; a failure for a minute only, as a busy system may be the
   * reason. Takes about 0.1 s. Never throws.
   */
  state(): SandboxState {
    const failed = this.#state !== null && this.#state.problem !== null && this.path !== null;
    if (this.#state === null || (failed && performance.now() - this.#triedAt > failureMs)) {
      this.#state = this.#tried();
      this.#triedAt = performance.now();
    }
    return this.#state;
  }

  /** Tries it again, for Doctor: a setting of the system may have been changed. */
  retry(): SandboxState {
    this.#state = null;
    return this.state();
  }

  #tried(): SandboxState {
    if (process.platform !== 'linux')
      return notHere('Bubblewrap exists on Linux only.', 'Use the docker back end for runs that are walled off.');
    if (this.path === null)
      return notHere('Bubblewrap is not installed.', 'Install the package bubblewrap of your system.');
    const version = spawnSync(this.path, ['--version'], { encoding: 'utf8', timeout: trialMs }).stdout as string | null;
    const state = { version: version?.replace(/^bubblewrap\s+/, '').trim() ?? null };
    let filter: number | null = null;
    try {
      filter = openFilter();
      const args = [
        ...systemView(this.#node),
        ...closedView,
        '--',
        ...threadLimit(this.#prlimit),
        this.#node,
        '--version',
      ];
      const trial = spawnSync(this.path, args, {
        encoding: 'utf8',
        timeout: trialMs,
        env: { PATH: '/usr/bin:/bin' },
        stdio: ['ignore', 'pipe', 'pipe', filter],
      });
      if (trial.status === 0 && trial.stdout.trim() === process.version) return { ...state, problem: null };
      return { ...state, problem: problemOf(trial.error?.message ?? trial.stderr) };
    } catch (cause) {
      return { ...state, problem: problemOf((cause as Error).message) };
    } finally {
      if (filter !== null) closeSync(filter);
    }
  }
}

/** Opens the system call filter as a file that has no name. The caller closes it. @throws where there is no filter */
export function openFilter(): number {
  const program = seccompFilter(process.arch);
  if (program === null) throw new Error(`there is no system call filter for ${process.arch}`);
  const path = join(runtimeFolder(), `filter-${randomBytes(8).toString('hex')}`);
  try {
    writeFileSync(path, program, { mode: 0o600, flag: 'wx' });
    return openSync(path, 'r');
  } finally {
    rmSync(path, { force: true });
  }
}

function notHere(found: string, remedy: string): SandboxState {
  return { version: null, problem: { found, remedy } };
}

const namespaces =
  /namespace|uid map|gid map|CLONE_NEW|loopback|RTM_NEWADDR|Operation not permitted|Permission denied/i;

function problemOf(output: string): { found: string; remedy: string } {
  const said = output.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  const found = `Bubblewrap is there and does not work: ${said === '' ? 'it gave no reason' : said}.`.replace(
    '..',
    '.',
  );
  const remedy = namespaces.test(said)
    ? 'Allow unprivileged user namespaces: on Ubuntu install an AppArmor profile for /usr/bin/bwrap (package apparmor-profiles), elsewhere set kernel.unprivileged_userns_clone and user.max_user_namespaces. Inside a container use the docker back end.'
    : 'Install a newer bubblewrap (0.7 or later), or use the docker back end.';
  return { found, remedy };
}
