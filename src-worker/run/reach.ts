import { Agent, request } from 'node:http';
import type { FoundHosts } from '../../src-shared/egress.ts';
import type { Access } from '../../src-shared/task/access.ts';
import { httpAddress, isBucketAddress } from '../../src-shared/task/object-address.ts';
import { webHost } from '../../src-shared/task/web-sources.ts';
import type { RunInput } from './context.ts';

const answerMs = 10_000;
/** As many as the proxy takes. */
const mostHosts = 10_000;

/** The http(s) addresses of everything that the items of a search offer; `access` is the task’s. */
export function assetHrefs(input: RunInput, access?: Partial<Access>): string[] {
  if (input.kind !== 'scenes') return [];
  return input.items.flatMap(({ assets, place }) =>
    Object.values(assets).flatMap(({ href }) => {
      const base = place.root === null && !isBucketAddress(place.href) ? place.href : undefined;
      const url = URL.parse(isBucketAddress(href) ? (httpAddress(href, access) ?? '') : href, base);
      return url?.protocol === 'http:' || url?.protocol === 'https:' ? [url.href] : [];
    }),
  );
}

/**
 * Tells the proxy, where a launcher put one between this run and the network, which hosts the search finds. It is told before
 * any pixel is read, and takes nothing more after the last; what it then refuses shows when it is asked for.
 */
export class Reach {
  readonly #known: Set<string>;
  readonly #proxy: URL | null;
  #closed = false;

  /** @param named the hosts of the task itself, which the launcher knows */
  constructor(named: readonly string[], env: NodeJS.ProcessEnv) {
    this.#known = new Set(named);
    this.#proxy = env['TRANSECT_EGRESS_SEARCH'] === '1' ? URL.parse(env['HTTP_PROXY'] ?? '') : null;
  }

  /** Adds the hosts of these addresses; with `last`, for the last time. Never rejects. */
  async allow(hrefs: readonly string[], last: boolean): Promise<void> {
    if (this.#proxy === null || this.#closed) return;
    this.#closed = last;
    const found = new Set(hrefs.flatMap((href) => webHost(href) ?? []));
    const hosts = [...found].filter((host) => !this.#known.has(host)).slice(0, mostHosts);
    if (hosts.length === 0 && !last) return;
    for (const host of hosts) this.#known.add(host);
    await tell(this.#proxy, { hosts, last });
  }
}

function tell(proxy: URL, found: FoundHosts): Promise<void> {
  const body = JSON.stringify(found);
  return new Promise((resolve) => {
    const sent = request(
      {
        host: proxy.hostname.replace(/^\[|\]$/g, ''),
        port: proxy.port,
        method: 'POST',
        path: '/hosts',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        // One of its own: the global agent would go through the proxy to reach the proxy.
        agent: new Agent(),
        timeout: answerMs,
      },
      (answer) => answer.resume().on('close', resolve),
    );
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve());
    sent.end(body);
  });
}
