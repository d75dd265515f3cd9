/** Levenshtein distance, with a transposition counted as two edits. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      row.push(Math.min((row[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, (previous[j - 1] ?? 0) + cost));
    }
    previous = row;
  }
  return previous[b.length] ?? a.length;
}

/** The known word nearest to `word`, if near enough to be what was meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = word.toLowerCase().replace(/[-\s]/g, '_').slice(0, 100);
  const [best] = known
    .map((candidate) => ({ candidate, d: distance(plain, candidate.toLowerCase()) }))
    .sort((a, b) => a.d - b.d);
  return best !== undefined && best.d <= Math.max(1, Math.floor(best.candidate.length / 3))
    ? best.candidate
    : undefined;
}
