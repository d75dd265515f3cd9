import { AppError } from '../../../src-shared/errors.ts';
import type { RasterInfo } from '../../../src-raster/types.ts';
import type { Grid } from '../../raster/grid.ts';
import type { Feature } from '../../vector/features.ts';
import type { LayerSpec } from '../shared/layers.ts';
import type { Scene } from '../shared/scenes.ts';
import type { PointSampling, Sampler } from './time-series-sampler.ts';
import { makeSampler } from './time-series-sampler.ts';

/** One layer of a scene on the grid that it is read on. */
export interface LayerScene {
  readonly spec: LayerSpec;
  /** Only the bands of this layer. */
  readonly scene: Scene;
  readonly grid: Grid;
}

/**
 * The layers of a scene, each with the bands that it needs. A layer is read on the task's grid or else on that of its own
 * finest band.
 * @param specs one a layer, in the order in which their bands were opened
 * @throws AppError `bad_data` when a band has no north-up grid and the task gives none
 */
export function layerScenes(scene: Scene, specs: readonly LayerSpec[], target: Grid | null): LayerScene[] {
  let from = 0;
  return specs.map((spec) => {
    const bands = scene.bands.slice(from, (from += spec.wanted.length));
    return { spec, scene: { ...scene, bands }, grid: target ?? ownGrid({ ...scene, bands }) };
  });
}

function ownGrid({ item, bands }: Scene): Grid {
  const [first, ...rest] = bands.map(({ info }) => info);
  if (first === undefined) throw new AppError('internal', 'A scene without bands.');
  const {
    crs,
    transform: t,
    width,
    height,
  } = rest.reduce((best, info) => (cell(info) < cell(best) ? info : best), first);
  if (crs === null || t === null || t[1] !== 0 || t[3] !== 0 || t[0] <= 0 || t[4] >= 0)
    throw new AppError('bad_data', `Item ${item.id} has no north-up grid in a known coordinate reference system.`, {
      remedy: 'Give a grid in the task: grid: {crs, resolution}.',
    });
  return { crs, transform: t, width, height, resolution: [t[0], -t[4]] };
}

function cell({ transform }: RasterInfo): number {
  return transform === null ? Infinity : Math.abs(transform[0]);
}

/** A feature and where its pixels lie on one grid. */
export interface Placed {
  /** Its place in the list of features. */
  readonly feature: number;
  readonly sampler: Sampler;
}

/** Grids whose samplers are kept. Scenes of one path or tile share theirs. */
const keptGrids = 8;

/** Samplers of all features, per grid, in the order in which they are read: by rows of blocks, so that blocks are met once. */
export class Samplers {
  readonly #features: readonly Feature[];
  readonly #sampling: PointSampling;
  readonly #known = new Map<string, readonly Placed[]>();

  constructor(features: readonly Feature[], sampling: PointSampling) {
    this.#features = features;
    this.#sampling = sampling;
  }

  on(grid: Grid): readonly Placed[] {
    const key = JSON.stringify([grid.crs.code, grid.crs.proj4, grid.transform, grid.width, grid.height]);
    const placed = this.#known.get(key) ?? this.#place(grid);
    this.#known.delete(key);
    this.#known.set(key, placed);
    for (const old of this.#known.keys()) {
      if (this.#known.size <= keptGrids) break;
      this.#known.delete(old);
    }
    return placed;
  }

  #place(grid: Grid): readonly Placed[] {
    const row = ({ sampler }: Placed) => Math.floor((sampler.parts[0]?.y ?? 0) / 256);
    const column = ({ sampler }: Placed) => sampler.parts[0]?.x ?? 0;
    return this.#features
      .map((feature, index) => ({ feature: index, sampler: makeSampler(feature, grid, this.#sampling) }))
      .filter(({ sampler }) => sampler.parts.length > 0)
      .sort((a, b) => row(a) - row(b) || column(a) - column(b) || a.feature - b.feature);
  }
}
