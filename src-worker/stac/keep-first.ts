import { isDeepStrictEqual } from 'node:util';
import type { SceneItem } from './item.ts';

/**
 * Keeps an item unless there is one of its collection and id: the first one counts, and another that says something else
 * is warned of. Gives whether it was new.
 */
export function keepFirst(
  items: Map<string, SceneItem>,
  item: SceneItem,
  ctx: { warn(message: string): void },
): boolean {
  const key = `${item.collection ?? ''}\0${item.id}`;
  const first = items.get(key);
  if (first === undefined) {
    items.set(key, item);
    return true;
  }
  if (!isDeepStrictEqual(contentOf(first), contentOf(item)))
    ctx.warn(`There are two different items ${item.id}; the first one, of ${first.place.name}, is used.`);
  return false;
}

/** What an item says, wherever it was read. */
function contentOf({ start, end, bbox, geometry, properties, assets }: SceneItem): unknown {
  return { start, end, bbox, geometry, properties, assets };
}
