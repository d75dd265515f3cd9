import type { RasterInfo } from '../../src-raster/types.ts';
import type { LayerRaster } from './open-layers.ts';

/** Layers whose values become columns of maps and GeoParquet files; CSVs have all of them. */
export const mostWide = 20;
/** Layers that are drawn. */
export const mostDrawn = 6;

/** One band of one raster. */
export interface Layer<R extends LayerRaster> {
  /** Public name of the raster. */
  readonly raster: string;
  readonly band: number;
  /** What the band is called in words: its description, else its number. */
  readonly label: string;
  readonly unit: string | null;
  /** Put before the names of values where there are several layers (`r1_b2_`); empty for a single one. */
  readonly prefix: string;
  readonly source: R;
  /** Its place among the bands of its raster. */
  readonly at: number;
}

/** All layers in the order of the task: by raster, then by band. */
export function layersOf<R extends LayerRaster>(rasters: readonly R[]): Layer<R>[] {
  const several = rasters.length > 1;
  const bandsInAll = rasters.reduce((sum, { bands }) => sum + bands.length, 0);
  return rasters.flatMap((source, index) =>
    source.bands.map((band, at) => ({
      raster: source.place.name,
      band,
      label: bandLabel(source.info, band),
      unit: source.info.bands[band - 1]?.unit ?? null,
      prefix: bandsInAll === 1 ? '' : `${several ? `r${index + 1}_` : ''}b${band}_`,
      source,
      at,
    })),
  );
}

function bandLabel(info: RasterInfo, band: number): string {
  const description = info.bands[band - 1]?.description ?? null;
  return description === null || description === '' ? `band ${band}` : description;
}
