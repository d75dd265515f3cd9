import { AppError } from '../../src-shared/errors.ts';
import type { Abilities } from './conformance.ts';
import { cql2Text } from './cql2-text.ts';
import type { SceneItem } from './item.ts';
import { allOf, basicOnly, filterOfQuery } from './query-filter.ts';
import type { Expression } from './query-filter.ts';
import { meetsConditions } from './request.ts';
import type { SearchRequest } from './request.ts';

/** How `inputs.query` and `inputs.filter` are put to an API. */
export interface AskedConditions {
  /** For the body of a POST. */
  readonly body: Readonly<Record<string, unknown>>;
  /** For the query of a GET; null: these conditions can't be asked by GET. */
  readonly parameters: Readonly<Record<string, string>> | null;
  /** What is tested here on every item that the API gives; null: the API does it all. */
  readonly local: ((item: SceneItem) => boolean) | null;
  /** The conditions that are tested here, in words. */
  readonly localWords: string;
}

const nothing: AskedConditions = { body: {}, parameters: {}, local: null, localWords: '' };

/**
 * Chooses how the conditions of a search are asked: by the query extension, as CQL2-JSON, as CQL2-text, or not at all and
 * tested here, whichever of these the API declares first. Conditions that the API can't evaluate are never dropped.
 * @throws AppError `invalid_task` for a condition that neither the API nor this client can evaluate
 */
export function askConditions(request: SearchRequest, can: Abilities, posts: boolean): AskedConditions {
  const { query, filter } = request;
  if (query === null && filter === null) return nothing;
  const byFilter = posts ? can.cql2Json : can.cql2Text;
  const queryAsked = query !== null && can.query;
  const queryAsFilter = query !== null && !queryAsked && byFilter ? filterOfQuery(query) : null;
  const expressions = [queryAsFilter, filter as Expression | null].filter((one) => one !== null);
  const whole = allOf(expressions);
  const sendable =
    whole === null || !byFilter ? null : can.advancedComparisons ? whole : (basicOnly(whole) ?? spatial(whole));
  const text = sendable === null || posts ? null : cql2Text(sendable);
  const left = {
    query: queryAsked || (queryAsFilter !== null && sendable !== null) ? null : query,
    filter: sendable !== null ? null : filter,
  };
  const isDone = left.query === null && left.filter === null;
  return {
    body: {
      ...(queryAsked && { query }),
      ...(sendable !== null && { filter: sendable, 'filter-lang': 'cql2-json' }),
    },
    parameters: posts
      ? null
      : {
          ...(queryAsked && { query: JSON.stringify(query) }),
          ...(text !== null && { filter: text, 'filter-lang': 'cql2-text' }),
        },
    local: isDone ? null : meetsConditions({ ...request, ...left }),
    localWords: (['query', 'filter'] as const)
      .flatMap((key) => (left[key] === null ? [] : [`inputs.${key}`]))
      .join(' and '),
  };
}

/** An expression that this client can't evaluate is sent as it is: the API may know more than it declares. */
function spatial(whole: Expression): Expression | null {
  try {
    meetsConditions({ query: null, filter: { ...whole } });
    return null;
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'invalid_task') return whole;
    throw cause;
  }
}
