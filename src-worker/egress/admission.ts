import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { EgressPolicy } from '../../src-shared/egress.ts';
import { isPublicAddress } from './addresses.ts';
import type { Target } from './target.ts';
import { parseListed } from './target.ts';

/** What the policy says about a host: addresses that were checked and may be connected to, or why not. */
export type Admission =
  | { readonly admitted: true; readonly addresses: readonly string[] }
  | { readonly admitted: false; readonly status: 403 | 502; readonly reason: string };

export type Resolve = (name: string) => Promise<readonly string[]>;

/** All addresses of a name, as this system resolves names. */
async function resolveName(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address);
}

/** Together with those of the policy. */
const maxHosts = 10_000;

/** Decides about hosts by a policy. */
export class Admissions {
  readonly #hosts: Set<string>;
  readonly #named: ReadonlySet<string>;
  readonly #resolve: Resolve;
  #searching: boolean;

  constructor(policy: Pick<EgressPolicy, 'hosts' | 'named' | 'search'>, resolve: Resolve = resolveName) {
    this.#named = new Set(policy.named);
    this.#hosts = new Set([...policy.hosts, ...policy.named]);
    this.#searching = policy.search;
    this.#resolve = resolve;
  }

  /**
   * Adds hosts that the run's search found; with `last`, for the last time. They are of the public internet or are not
   * reached. Gives those that are new, or null when nothing may be added any more.
   */
  add(hosts: readonly string[], last: boolean): string[] | null {
    if (!this.#searching) return null;
    this.#searching = !last;
    const fresh = [...new Set(hosts)].filter((host) => parseListed(host) !== null && !this.#hosts.has(host));
    for (const host of fresh) if (this.#hosts.size < maxHosts) this.#hosts.add(host);
    return fresh.filter((host) => this.#hosts.has(host));
  }

  /**
   * Whether a host may be reached, and by which addresses. The caller connects to one of these and never resolves the name
   * again: an answer that changes between check and use reaches nothing else.
   * @param elsewhere names are resolved by the proxy of this network; one that the task itself names, and that can't be resolved
   *   here, may be resolved there
   */
  async decide(target: Target, elsewhere = false): Promise<Admission> {
    if (!listed(this.#hosts, target)) return refused('it is not among the hosts that this run may reach');
    const bare = target.host.replace(/^\[|\]$/g, '');
    let addresses: readonly string[] = [bare];
    if (isIP(bare) === 0)
      try {
        addresses = await this.#resolve(bare);
      } catch (cause) {
        if (elsewhere && listed(this.#named, target)) return { admitted: true, addresses: [] };
        const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
        return { admitted: false, status: 502, reason: `its name could not be resolved (${code})` };
      }
    if (!listed(this.#named, target)) addresses = addresses.filter(isPublicAddress);
    if (addresses.length === 0)
      return refused('it leads to a private network or to this machine, and the task does not name it');
    return { admitted: true, addresses };
  }
}

/** Whether a list holds a host, by the rule of policies: without a port it stands for the ports of http and https. */
function listed(hosts: ReadonlySet<string>, { host, port }: Target): boolean {
  return hosts.has(`${host}:${port}`) || ((port === 80 || port === 443) && hosts.has(host));
}

function refused(reason: string): Admission {
  return { admitted: false, status: 403, reason };
}
