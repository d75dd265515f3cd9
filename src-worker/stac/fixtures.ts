import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../src-shared/errors.ts';
import { redactHref } from '../io/redact.ts';
import type { Place } from '../run/places.ts';
import { sideFile } from '../side-files.ts';
import type { FindContext } from './find-items.ts';
import { bboxesMeet } from './footprint.ts';
import type { SearchRequest } from './request.ts';

const FixtureIndex = z.strictObject({
  v: z.literal(1),
  sources: z.array(
    z.strictObject({
      stac_api: z.url(),
      collection: z.string(),
      /** Path of the static collection, relative to the index. */
      catalogue: z.string(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      start: z.iso.datetime(),
      end: z.iso.datetime(),
      note: z.string(),
    }),
  ),
});

/**
 * The static catalogue that stands in for a STAC API offline. @throws AppError `source_unavailable` naming what the fixtures
 * have, when the API, collection, area or time is none of it
 */
export async function fixtureCatalogue(
  api: string,
  request: SearchRequest,
  ctx: Pick<FindContext, 'places'>,
): Promise<Place> {
  const folder = sideFile('fixtures');
  const { sources } = FixtureIndex.parse(JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')));
  const source = sources.find(
    (one) =>
      sameAddress(one.stac_api, api) &&
      one.collection === request.collection &&
      (request.bbox === null || bboxesMeet(one.bbox, request.bbox)) &&
      (request.interval === null ||
        (Date.parse(one.start) <= request.interval.end && Date.parse(one.end) >= request.interval.start)),
  );
  if (source === undefined) {
    const have = sources.map(
      (one) =>
        `${one.collection} of ${one.stac_api} in [${one.bbox.join(', ')}] from ${one.start.slice(0, 10)} to ${one.end.slice(0, 10)}`,
    );
    throw new AppError(
      'source_unavailable',
      `Offline, ${request.collection} of ${redactHref(api)} can't be read for this area and time: the fixtures have ${have.join('; ')}.`,
      {
        remedy: 'Run it online (without --offline), or ask for what the fixtures have.',
        retryable: false,
      },
    );
  }
  return ctx.places.tree(join(folder, source.catalogue), `fixture:${source.catalogue}`);
}

function sameAddress(a: string, b: string): boolean {
  const plain = (text: string) => URL.parse(text)?.href.replace(/\/+$/, '') ?? text;
  return plain(a) === plain(b);
}
