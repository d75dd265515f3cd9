import type { ServiceEntry } from '../../../src-shared/services.ts';

/**
 * The services that a search finds, the best first: those that hold all its words, in singular or plural, or the phrase as it
 * stands; where nothing does, those that hold any of them. An empty search finds everything. Pure.
 */
export function searchServices(entries: readonly ServiceEntry[], search: string): ServiceEntry[] {
  const phrase = search.trim().toLowerCase();
  if (phrase === '') return [...entries];
  const words = phrase.split(/[^\p{L}\p{N}+#.-]+/u).filter((word) => word.length > 1);
  const stems = [...new Set(words.map(singular))];
  const found = entries
    .map((entry) => ({ entry, ...scoreOf(entry, phrase, stems) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.entry.name < b.entry.name ? -1 : 1));
  // Who asks for two things wants both; only when nothing has both is one enough.
  const whole = found.filter(({ hasAll }) => hasAll);
  return (whole.length > 0 ? whole : found).map(({ entry }) => entry);
}

/** How well an entry fits: hits count by where they stand, and the phrase as it stands counts more than its words. */
function scoreOf(entry: ServiceEntry, phrase: string, stems: readonly string[]): { score: number; hasAll: boolean } {
  let score = 0;
  let hasPhrase = false;
  const seen = new Set<string>();
  for (const { text, weight } of fieldsOf(entry)) {
    const hits = stems.filter((stem) => text.includes(stem));
    for (const hit of hits) seen.add(hit);
    hasPhrase ||= text.includes(phrase);
    score += weight * (hits.length + (text.includes(phrase) ? 2 : 0));
  }
  return { score, hasAll: hasPhrase || (stems.length > 0 && seen.size === stems.length) };
}

function fieldsOf(entry: ServiceEntry): { text: string; weight: number }[] {
  const { name, description, capabilities, packages } = entry;
  return [
    { text: name, weight: 8 },
    ...packages.map((text) => ({ text: text.toLowerCase(), weight: 4 })),
    ...capabilities.map((text) => ({ text: text.toLowerCase(), weight: 2 })),
    { text: description.toLowerCase(), weight: 1 },
  ];
}

/** `meshes` and `mesh`, `gratings` and `grating`, `properties` and `propert(y)`: what both begin with. */
function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return word.slice(0, -3);
  if (word.length > 4 && /(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}
