import type { EgressPolicy } from '../../../src-shared/egress.ts';
import { findsSources, needsNetwork, webHosts } from '../../../src-shared/task/web-sources.ts';
import type { LaunchSpec } from './backend.ts';

/** What TLS, headers and repeated requests add to the bytes that the worker itself counts against its limit. */
const overhead = 1.1;
const spareBytes = 32 * 1_048_576;

/**
 * What the only way out of a run's walls admits; null: the run needs no network and gets none.
 *
 * The hosts of a search's assets are known only when the search has been made. The run makes it first, inside its walls, and
 * tells its proxy the hosts that it found (`search`): these must be of the public internet, and after the search, before the
 * first byte of a raster is read, the list is closed. So nothing is searched twice, and a search can be watched and cancelled
 * like the rest of a run.
 */
export function egressPolicyOf({ task, offline }: Pick<LaunchSpec, 'task' | 'offline'>): EgressPolicy | null {
  if (!needsNetwork(task, offline)) return null;
  const hosts = webHosts(task);
  return {
    v: 1,
    hosts,
    named: hosts,
    maxBytes: Math.ceil(task.limits.max_read_bytes * overhead) + spareBytes,
    // A service searches nothing by itself; its image is given what the task names.
    search: task.analysis.type !== 'service' && findsSources(task),
  };
}

/** How a worker finds its way out: `proxy` is an address as `http://HOST:PORT`. Names of its environment and their values. */
export function egressEnvironment(policy: EgressPolicy, proxy: string): Record<string, string> {
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NODE_USE_ENV_PROXY: '1',
    // The worker then says at `PROXY/hosts` what its search found.
    ...(policy.search && { TRANSECT_EGRESS_SEARCH: '1' }),
  };
}
