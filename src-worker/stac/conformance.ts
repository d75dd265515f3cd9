import { z } from 'zod';
import type { Place } from '../run/places.ts';
import { isSourceError } from '../run/source-error.ts';
import type { Document } from './document.ts';
import { loadJson } from './document.ts';
import type { FindContext } from './find-items.ts';

/** What a STAC API says it can do with an item search, as far as we make use of it. */
export interface Abilities {
  readonly sort: boolean;
  readonly query: boolean;
  readonly fields: boolean;
  /** CQL2 as JSON in the body of a POST. */
  readonly cql2Json: boolean;
  /** CQL2 as text in a GET. */
  readonly cql2Text: boolean;
  /** `like`, `between` and `in` besides the basic comparisons of CQL2. */
  readonly advancedComparisons: boolean;
}

const Declaration = z.looseObject({ conformsTo: z.array(z.string()) });

/**
 * Reads the conformance classes from the landing page, else from the page that it links to (OGC API Features requires one of
 * them). An API that declares none is taken to be able to do nothing but the core of a search.
 */
export async function abilitiesOf(landing: Document, base: Place, ctx: FindContext): Promise<Abilities> {
  const classes = landing.conformsTo ?? (await declared(landing, base, ctx));
  // The class names changed their hosts and versions over the betas of the API; their last part did not.
  const ends = (part: string) => classes.some((uri) => uri.toLowerCase().endsWith(part));
  const search = (fragment: string) => classes.some((uri) => uri.includes(`item-search${fragment}`));
  const filters = search('#filter');
  return {
    sort: search('#sort'),
    query: search('#query'),
    fields: search('#fields'),
    cql2Json: filters && ends('cql2-json'),
    cql2Text: filters && ends('cql2-text'),
    advancedComparisons: ends('advanced-comparison-operators'),
  };
}

async function declared(landing: Document, base: Place, ctx: FindContext): Promise<readonly string[]> {
  const link = landing.links.find(({ rel }) => rel === 'conformance');
  if (link === undefined) return [];
  try {
    return (
      Declaration.safeParse(await loadJson(await ctx.places.linked(link.href, base), ctx.read)).data?.conformsTo ?? []
    );
  } catch (cause) {
    if (!isSourceError(cause)) throw cause;
    ctx.warn(`What ${base.name} can do is not known, so the least is asked of it: ${cause.message}`);
    return [];
  }
}
