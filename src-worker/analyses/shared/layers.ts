import type { Mask } from '../../../src-shared/task/analyses.ts';
import type { Grid } from '../../raster/grid.ts';
import type { Window } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import { readClear } from './cloud-mask.ts';
import type { IndexName } from './index-formula.ts';
import { indexFormulas, normalisedDifference } from './index-formula.ts';
import type { Scene, SceneBand } from './scenes.ts';
import { readBand } from './scenes.ts';

/** What is taken from every scene: bands as they are, or an index of two of them. */
export interface LayerSpec {
  /** Names of the layers that come out. */
  readonly names: readonly string[];
  /** For each band that is read the names it may have. */
  readonly wanted: readonly (readonly string[])[];
  readonly index: IndexName | null;
  readonly mask: Mask | undefined;
  readonly applyScale: boolean;
}

export function bandLayers(bands: readonly string[], mask: Mask | undefined, applyScale: boolean): LayerSpec {
  return { names: bands, wanted: bands.map((band) => [band]), index: null, mask, applyScale };
}

export function indexLayer(index: IndexName, mask: Mask | undefined, applyScale: boolean): LayerSpec {
  const { a, b } = indexFormulas[index];
  return { names: [index], wanted: [a, b], index, mask, applyScale };
}

/** The layers of an analysis that reads either bands or an index of two. */
export function layersOf(analysis: {
  readonly bands?: readonly string[] | undefined;
  readonly index?: IndexName | undefined;
  readonly mask?: Mask | undefined;
  readonly apply_scale: boolean;
}): LayerSpec {
  const { bands = [], index, mask, apply_scale } = analysis;
  return index === undefined ? bandLayers(bands, mask, apply_scale) : indexLayer(index, mask, apply_scale);
}

export interface LayerPixels {
  readonly data: Float64Array;
  /** 1 where the inputs are valid. */
  readonly valid: Uint8Array;
  /** 1 where also the mask lets it through and it lies in the area; `valid` itself when neither applies. */
  readonly clear: Uint8Array;
}

/** Bytes that reading one scene onto a window holds at its peak. */
export function layerBytes(spec: LayerSpec, pixels: number): number {
  return pixels * (spec.wanted.length * 9 + (spec.index === null ? 0 : 9) + (spec.mask === undefined ? 0 : 11) + 2);
}

/** Reads the layers of a scene onto a window of a grid. `area` is 1 inside the area of interest; it also bounds `valid`. */
export async function readLayers(
  ctx: RunContext,
  scene: Scene,
  spec: LayerSpec,
  grid: Grid,
  window: Window,
  area: Uint8Array | null,
): Promise<LayerPixels[]> {
  const bands = await eachFileInTurn(scene.bands, (band) => readBand(ctx, band, grid, window, spec.applyScale));
  const [a, b] = bands;
  const layers = spec.index !== null && a !== undefined && b !== undefined ? [normalisedDifference(a, b)] : bands;
  const mask = await readClear(ctx, scene, spec.mask, grid, window);
  return layers.map(({ data, valid }) => {
    if (area !== null) for (let i = 0; i < valid.length; i += 1) if (area[i] !== 1) valid[i] = 0;
    return { data, valid, clear: mask === null ? valid : valid.map((one, i) => (one === 1 && mask[i] === 1 ? 1 : 0)) };
  });
}

/** Files are read side by side, the bands of one file one after another: they may share its blocks, which are then read once. */
async function eachFileInTurn<T>(bands: readonly SceneBand[], read: (band: SceneBand) => Promise<T>): Promise<T[]> {
  const found = new Map<SceneBand, T>();
  const files = Map.groupBy(bands, ({ place }) => place.href);
  await Promise.all(
    Array.from(files.values(), async (ofFile) => {
      for (const band of ofFile) found.set(band, await read(band));
    }),
  );
  return bands.flatMap((band) => (found.has(band) ? [found.get(band) as T] : []));
}
