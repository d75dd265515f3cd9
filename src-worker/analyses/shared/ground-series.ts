import type { Bbox, SceneItem } from '../../stac/item.ts';

export interface GroundSeries<T> {
  readonly name: string;
  readonly members: readonly T[];
  /** Whether all members show the same ground, so that their values may be joined over time. */
  readonly sameGround: boolean;
}

/** Part of a box's width or height by which its sides may wander, as those of repeated satellite scenes do. */
const mostDrift = 0.2;

/**
 * Scenes by the ground they show: the WRS path and row or the MGRS tile that their items name; the rest by their boxes,
 * which are one series, named `rest`, when none differs from the first by more than 20 % of its width or height.
 */
export function groundSeries<T>(
  members: readonly T[],
  itemOf: (member: T) => SceneItem,
  rest: string,
): GroundSeries<T>[] {
  const tiles = new Map<string, T[]>();
  const others: T[] = [];
  for (const member of members) {
    const tile = tileOf(itemOf(member).properties);
    if (tile === null) others.push(member);
    else tiles.set(tile, [...(tiles.get(tile) ?? []), member]);
  }
  const named = [...tiles]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tile, list]) => ({ name: tile, members: list, sameGround: true }));
  if (others.length === 0) return named.length === 1 ? named.map((one) => ({ ...one, name: rest })) : named;
  const [first, ...more] = others.map((member) => itemOf(member).bbox);
  const sameGround = more.every((box) => alike(first ?? null, box));
  return [...named, { name: named.length === 0 ? rest : 'other items', members: others, sameGround }];
}

function tileOf(properties: SceneItem['properties']): string | null {
  const text = (key: string) => {
    const value = properties[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const [path, row] = [text('landsat:wrs_path'), text('landsat:wrs_row')];
  if (path !== '' && row !== '') return `WRS path ${Number(path)} row ${Number(row)}`;
  const tile = text('s2:mgrs_tile') || text('grid:code').replace(/^MGRS-/, '');
  return tile === '' ? null : `tile ${tile}`;
}

function alike(a: Bbox | null, b: Bbox | null): boolean {
  if (a === null || b === null) return false;
  const width = a[2] - a[0] + (a[2] < a[0] ? 360 : 0);
  const height = a[3] - a[1];
  const across = (x: number, y: number) => Math.abs(((((x - y + 180) % 360) + 360) % 360) - 180) <= mostDrift * width;
  const along = (x: number, y: number) => Math.abs(x - y) <= mostDrift * height;
  return across(a[0], b[0]) && across(a[2], b[2]) && along(a[1], b[1]) && along(a[3], b[3]);
}
