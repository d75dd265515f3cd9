import { z } from 'zod';
import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { fetchJson } from '../http.ts';

const Token = z.object({ token: z.string().min(1).max(4_096), 'msft:expiry': z.string() });

/** A token is not used in the last minute of its life. */
const spareMs = 60_000;
const tokenSite = 'https://planetarycomputer.microsoft.com/api/sas/v1/token';

interface Held {
  readonly query: string;
  readonly until: number;
}

/**
 * Read tokens of the Planetary Computer's storage, by its data service (`/api/sas/v1/token/ACCOUNT/CONTAINER`), one for each
 * container, renewed when they age. They are held in memory only, and signed addresses are never stored.
 */
export class PlanetaryComputer {
  readonly #site: string;
  readonly #now: () => number;
  readonly #held = new Map<string, Promise<Held>>();

  constructor(site = tokenSite, now: () => number = Date.now) {
    this.#site = site;
    this.#now = now;
  }

  /** Whether an address is one that needs a token: Azure storage, not signed yet. */
  static signs(url: URL): boolean {
    return (
      url.protocol === 'https:' &&
      /^[a-z0-9]{3,24}\.blob\.core\.windows\.net$/.test(url.host) &&
      !url.searchParams.has('sig')
    );
  }

  /** The address with a token. @throws AppError those of `fetchJson`; `bad_data` for an answer that is no token */
  async sign(url: URL, ctx: ReadContext): Promise<string> {
    const account = url.host.split('.', 1)[0] ?? '';
    const container = url.pathname.split('/')[1] ?? '';
    const name = `${account}/${container}`;
    let held = this.#held.get(name);
    const current = held === undefined ? null : await held.catch(() => null);
    if (held === undefined || current === null || current.until - spareMs <= this.#now()) {
      // Whoever came first asks; the others wait for the same answer.
      if (this.#held.get(name) === held) this.#held.set(name, this.#ask(name, ctx));
      held = this.#held.get(name) ?? this.#ask(name, ctx);
    }
    const { query } = await held;
    return `${url.origin}${url.pathname}${url.search === '' ? '?' : `${url.search}&`}${query}`;
  }

  async #ask(name: string, ctx: ReadContext): Promise<Held> {
    const { remote: _unsigned, ...plain } = ctx;
    const answer = Token.safeParse(await fetchJson(`${this.#site}/${name}`, {}, plain));
    const until = Date.parse(answer.data?.['msft:expiry'] ?? '');
    if (answer.data === undefined || Number.isNaN(until))
      throw new AppError('bad_data', `The Planetary Computer sent no read token for ${name}.`, {
        remedy: 'Run it again later; if that does not help, name a local copy of the data.',
      });
    return { query: answer.data.token.replace(/^\?/, ''), until };
  }
}
