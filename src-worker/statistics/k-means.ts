import { seededRandom } from './seeded-random.ts';

export interface KMeansOptions {
  readonly clusters: number;
  readonly seed: number;
  readonly starts: number;
  readonly maxIterations: number;
  /** A start has converged when no centre moves further than this. */
  readonly tolerance: number;
  /** Waited for before every step: a place to report progress and to break off. */
  readonly pause?: (start: number, iteration: number) => Promise<void>;
}

export interface KMeansResult {
  /** `clusters * bands` values, ordered by the first band, then the second, and so on. */
  readonly centres: Float64Array;
  /** Sum of the squared distances to the nearest centre. */
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Which start won, from 1. */
  readonly start: number;
}

/**
 * K-means by Lloyd's algorithm (1982) from k-means++ seeds (Arthur and Vassilvitskii 2007). `points` holds `bands` values a
 * point. Distances are Euclidean, summed band by band; of equally near centres the first counts; a cluster that loses all
 * its points keeps its centre. Of several starts, which share one stream of random numbers, the one with the smallest
 * inertia wins, the first of several. All sums run in the order of the points, so equal input gives equal bits.
 * Null when there are fewer different points than clusters.
 */
export async function kMeans(
  points: Float64Array,
  bands: number,
  options: KMeansOptions,
): Promise<KMeansResult | null> {
  const random = seededRandom(options.seed);
  let best: KMeansResult | null = null;
  for (let start = 1; start <= options.starts; start += 1) {
    const centres = plusPlus(points, bands, options.clusters, random);
    if (centres === null) return null;
    const found = { ...(await lloyd(points, bands, centres, options, start)), start };
    if (best === null || found.inertia < best.inertia) best = found;
  }
  return best === null ? null : { ...best, centres: ordered(best.centres, bands) };
}

/** The first centre is any point, each other one a point chosen with a chance in proportion to its squared distance to the nearest. */
function plusPlus(points: Float64Array, bands: number, clusters: number, random: () => number): Float64Array | null {
  const count = points.length / bands;
  if (count === 0) return null;
  const centres = new Float64Array(clusters * bands);
  const nearest = new Float64Array(count).fill(Infinity);
  let chosen = Math.floor(random() * count);
  for (let cluster = 0; ; cluster += 1) {
    centres.set(points.subarray(chosen * bands, (chosen + 1) * bands), cluster * bands);
    if (cluster === clusters - 1) return centres;
    let total = 0;
    for (let i = 0; i < count; i += 1) {
      const distance = squaredDistance(points, i, centres, cluster, bands);
      if (distance < (nearest[i] ?? 0)) nearest[i] = distance;
      total += nearest[i] ?? 0;
    }
    if (total === 0) return null;
    const wanted = random() * total;
    let sum = 0;
    chosen = -1;
    for (let i = 0; i < count; i += 1) {
      sum += nearest[i] ?? 0;
      if (sum > wanted) {
        chosen = i;
        break;
      }
    }
    // A point beyond the total can't be wanted: wanted < total.
    if (chosen < 0) chosen = count - 1;
  }
}

async function lloyd(
  points: Float64Array,
  bands: number,
  seeds: Float64Array,
  { clusters, maxIterations, tolerance, pause }: KMeansOptions,
  start: number,
): Promise<Omit<KMeansResult, 'start'>> {
  const count = points.length / bands;
  const centres = Float64Array.from(seeds);
  const sums = new Float64Array(clusters * bands);
  const sizes = new Float64Array(clusters);
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    iterations += 1;
    await pause?.(start, iterations);
    sums.fill(0);
    sizes.fill(0);
    for (let i = 0; i < count; i += 1) {
      const cluster = nearestCentre(points, i, centres, bands);
      sizes[cluster] = (sizes[cluster] ?? 0) + 1;
      for (let band = 0; band < bands; band += 1) {
        const at = cluster * bands + band;
        sums[at] = (sums[at] ?? 0) + (points[i * bands + band] ?? 0);
      }
    }
    let furthest = 0;
    for (let cluster = 0; cluster < clusters; cluster += 1) {
      const size = sizes[cluster] ?? 0;
      if (size === 0) continue;
      let moved = 0;
      for (let band = 0; band < bands; band += 1) {
        const at = cluster * bands + band;
        const mean = (sums[at] ?? 0) / size;
        moved += (mean - (centres[at] ?? 0)) ** 2;
        centres[at] = mean;
      }
      if (moved > furthest) furthest = moved;
    }
    converged = Math.sqrt(furthest) <= tolerance;
  }
  let inertia = 0;
  for (let i = 0; i < count; i += 1)
    inertia += squaredDistance(points, i, centres, nearestCentre(points, i, centres, bands), bands);
  return { centres, inertia, iterations, converged };
}

/** Index of the centre nearest to a point; the first of several. */
export function nearestCentre(points: Float64Array, point: number, centres: Float64Array, bands: number): number {
  const clusters = centres.length / bands;
  let [best, least] = [0, Infinity];
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    const distance = squaredDistance(points, point, centres, cluster, bands);
    if (distance < least) {
      best = cluster;
      least = distance;
    }
  }
  return best;
}

function squaredDistance(
  points: Float64Array,
  point: number,
  centres: Float64Array,
  cluster: number,
  bands: number,
): number {
  let sum = 0;
  for (let band = 0; band < bands; band += 1) {
    const difference = (points[point * bands + band] ?? 0) - (centres[cluster * bands + band] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

function ordered(centres: Float64Array, bands: number): Float64Array {
  const rows = Array.from({ length: centres.length / bands }, (_, i) => centres.slice(i * bands, (i + 1) * bands));
  rows.sort((a, b) => {
    for (let band = 0; band < bands; band += 1) {
      const difference = (a[band] ?? 0) - (b[band] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return Float64Array.from(rows.flatMap((row) => [...row]));
}
