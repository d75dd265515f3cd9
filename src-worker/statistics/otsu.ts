/**
 * The bin after which a histogram is best cut in two: the one with the largest variance between the classes (Otsu 1979,
 * "A threshold selection method from gray-level histograms"). Of several equally good ones the first. Null when all values
 * lie in one bin.
 * @param counts values in bins of equal width
 * @returns index of the last bin of the lower class
 */
export function otsuBin(counts: ArrayLike<number>): number | null {
  let [total, moment] = [0, 0];
  for (let bin = 0; bin < counts.length; bin += 1) {
    total += counts[bin] ?? 0;
    moment += (counts[bin] ?? 0) * bin;
  }
  let best: number | null = null;
  let most = 0;
  let [below, belowMoment] = [0, 0];
  for (let bin = 0; bin < counts.length - 1; bin += 1) {
    below += counts[bin] ?? 0;
    belowMoment += (counts[bin] ?? 0) * bin;
    const above = total - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (belowMoment / below - (moment - belowMoment) / above) ** 2;
    if (between > most) [best, most] = [bin, between];
  }
  return best;
}
