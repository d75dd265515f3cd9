import type { ServiceEntry } from '../../../src-shared/services.ts';

/**
 * The services that a search finds, the best first. All words together as they stand come first; where nothing holds them,
 * each word counts by itself, in singular or plural. An empty search finds everything. Pure.
 */
export function searchServices(entries: readonly ServiceEntry[], search: string): ServiceEntry[] {
  const phrase = search.trim().toLowerCase();
  if (phrase === '') return [...entries];
  const whole = ranked(entries, (field) => (field.includes(phrase) ? 1 : 0));
  if (whole.length > 0) return whole;
  const words = phrase.split(/[^\p{L}\p{N}+#.-]+/u).filter((word) => word.length > 1);
  const stems = [...new Set(words.map(singular))];
  const found = ranked(entries, (field) => stems.filter((stem) => field.includes(stem)).length);
  // Who asks for two things wants both; only when nothing has both is one enough.
  const all = found.filter((entry) => stems.every((stem) => fieldsOf(entry).some(({ text }) => text.includes(stem))));
  return all.length > 0 ? all : found;
}

function ranked(entries: readonly ServiceEntry[], hits: (field: string) => number): ServiceEntry[] {
  return entries
    .map((entry) => ({
      entry,
      score: fieldsOf(entry).reduce((sum, { text, weight }) => sum + weight * hits(text), 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.entry.name < b.entry.name ? -1 : 1))
    .map(({ entry }) => entry);
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
