import type { z } from 'zod';
import { parseInterval } from '../../src-shared/task/fields.ts';
import type { StacInputs } from '../../src-shared/task/inputs.ts';
import { compileFilter } from './cql2.ts';
import { bboxGeometry, footprintsMeet } from './footprint.ts';
import type { FootprintGeometry } from './footprint.ts';
import type { Bbox, SceneItem } from './item.ts';
import { compileQuery } from './query.ts';

/** A STAC search as the task asks it. */
export interface SearchRequest {
  readonly collection: string;
  readonly bbox: Bbox | null;
  readonly aoi: FootprintGeometry | null;
  /** Closed bounds in ms; infinite where open. Null: any time. */
  readonly interval: { readonly start: number; readonly end: number } | null;
  readonly query: Readonly<Record<string, unknown>> | null;
  readonly filter: Readonly<Record<string, unknown>> | null;
  readonly maxItems: number;
}

export function searchRequest(inputs: z.infer<typeof StacInputs>, aoi: FootprintGeometry | null): SearchRequest {
  return {
    collection: inputs.collection,
    bbox: inputs.bbox ?? null,
    aoi,
    interval: inputs.datetime === undefined ? null : parseInterval(inputs.datetime),
    query: inputs.query ?? null,
    filter: inputs.filter ?? null,
    maxItems: inputs.max_items,
  };
}

/** The search's interval as STAC APIs want it: full date-times, `..` where open. */
export function intervalText({ start, end }: { readonly start: number; readonly end: number }): string {
  const side = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : '..');
  return `${side(start)}/${side(end)}`;
}

/** Place, time and collection of the search as a test on items: what any answer must meet, whoever gave it. */
export function meetsRequest(request: SearchRequest): (item: SceneItem) => boolean {
  const areas = [request.bbox === null ? null : bboxGeometry(request.bbox), request.aoi].filter(
    (area) => area !== null,
  );
  return (item) => {
    if (item.collection !== null && item.collection !== request.collection) return false;
    if (request.interval !== null && (item.end < request.interval.start || item.start > request.interval.end))
      return false;
    const footprint = item.geometry ?? (item.bbox === null ? null : bboxGeometry(item.bbox));
    return areas.every((area) => footprint !== null && footprintsMeet(area, footprint));
  };
}

/**
 * `query` and `filter` as a test on items, for catalogues and APIs that can't evaluate them.
 * @throws AppError `invalid_task` naming a condition that only a search API could answer
 */
export function meetsConditions(request: Pick<SearchRequest, 'query' | 'filter'>): (item: SceneItem) => boolean {
  const query = request.query === null ? () => true : compileQuery(request.query);
  const filter = request.filter === null ? () => true : compileFilter(request.filter);
  return (item) => {
    const value = (name: string): unknown =>
      name === 'id'
        ? item.id
        : name === 'collection'
          ? item.collection
          : item.properties[name.replace(/^properties\./, '')];
    return query(value) && filter(value);
  };
}
