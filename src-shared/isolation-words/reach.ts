import type { Comparison } from './comparison.ts';
import type { IsolationAsked, IsolationProbe } from '../isolation.ts';

const mostHosts = 5;

export function networkWall(asked: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const wanted =
    asked.network === 'host'
      ? null
      : asked.network === 'none'
        ? 'none'
        : `only through a proxy to ${list(asked.hosts, asked.foundHosts === true)}`;
  if (probe === null || probe.interfaces === null || probe.hasRoute === null)
    return { asked: wanted, had: null, asMuch: null };
  const { interfaces, hasRoute, proxied } = probe;
  const by = interfaces.length === 0 ? 'no interface' : `interface ${interfaces.join(', ')}`;
  if (hasRoute) return { asked: wanted, had: `a route to the outside (${by})`, asMuch: false };
  const had = proxied ? `no route to the outside but a proxy (${by})` : `no route to the outside (${by})`;
  return { asked: wanted, had, asMuch: asked.network === 'none' ? !proxied && interfaces.length === 0 : true };
}

function list(hosts: readonly string[], found: boolean): string {
  if (hosts.length === 0) return found ? 'what its search finds' : 'no host';
  const more = hosts.length - mostHosts;
  const listed = hosts.slice(0, mostHosts).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return found ? `${listed}, and to what its search finds` : listed;
}

/** Names that a minimal environment may hold: the worker's own, certificates, proxies, and what systems and images set. */
const needed = new RegExp(
  `^(${[
    'PATH|HOME|PWD|OLDPWD|SHLVL|_|TERM|HOSTNAME|LANG|LC_[A-Z]+|TZ|TEMP|TMP|TMPDIR',
    'NODE_[A-Z_]+|MALLOC_MMAP_THRESHOLD_|YARN_VERSION|container',
    'SSL_CERT_FILE|SSL_CERT_DIR|(HTTPS?|NO)_PROXY',
    'TRANSECT_[A-Z_]+|SCIENCECLAW_WORKER_OFFLINE',
    // Windows adds these to every process (uv_spawn).
    'SYSTEMROOT|SYSTEMDRIVE|HOMEDRIVE|HOMEPATH|LOGONSERVER|USERDOMAIN|USERNAME|USERPROFILE|WINDIR',
  ].join('|')})$`,
  'i',
);
const mostNames = 8;

export function environmentWall({ minimalEnvironment }: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const asked = minimalEnvironment ? 'what the worker needs only' : null;
  if (probe === null) return { asked, had: null, asMuch: null };
  const others = probe.environment.filter((name) => !needed.test(name));
  const more = others.length - mostNames;
  const count = probe.environment.length;
  const had =
    others.length === 0
      ? `${count} ${count === 1 ? 'variable' : 'variables'}, all of them needed`
      : `also: ${others.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return { asked, had, asMuch: others.length === 0 };
}
