/**
 * The assets that a search need not send, as names for the fields extension (`assets.thumbnail`): those that the collection
 * lists and that can't be any of the wanted bands, whichever way a band may be named. None where the collection does not say
 * what its items have, where no bands are known, or where it lists nothing that answers to one of the names.
 * @param wanted for each band the names it may have
 */
export function unneededAssets(
  itemAssets: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null,
  wanted: readonly (readonly string[])[] | null,
): string[] {
  if (itemAssets === null || wanted === null) return [];
  const listed = Object.entries(itemAssets).map(([key, asset]) => ({ key, names: namesOf(key, asset) }));
  const isKnown = wanted.every((names) => listed.some((one) => names.some((name) => one.names.has(name))));
  if (!isKnown) return [];
  const all = new Set(wanted.flat());
  return listed
    .filter(({ names }) => ![...names].some((name) => all.has(name)))
    .map(({ key }) => `assets.${key}`)
    .sort();
}

/** Everything that an asset may be asked by: its key, and the names, common names and roles of it and its bands. */
function namesOf(key: string, asset: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const bands = ['bands', 'eo:bands', 'raster:bands'].flatMap((field) =>
    Array.isArray(asset[field]) ? (asset[field] as unknown[]) : [],
  );
  const texts = [asset, ...bands].flatMap((one) =>
    typeof one === 'object' && one !== null
      ? ['name', 'common_name', 'eo:common_name'].map((field) => (one as Record<string, unknown>)[field])
      : [],
  );
  const roles = Array.isArray(asset['roles']) ? (asset['roles'] as unknown[]) : [];
  return new Set([key, ...texts, ...roles].filter((text) => typeof text === 'string'));
}
