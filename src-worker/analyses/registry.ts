import type { AnalysisType } from '../../src-shared/task/analyses.ts';
import type { Analysis } from '../run/context.ts';
import { bandIndex } from './band-index/band-index.ts';
import { classify } from './classify/classify.ts';
import { changeDetection } from './change-detection/change-detection.ts';
import { composite } from './composite/composite.ts';
import { mosaic } from './mosaic/mosaic.ts';
import { rasterSummary } from './raster-summary/raster-summary.ts';
import { terrain } from './terrain/terrain.ts';
import { samplePoints } from './sample-points/sample-points.ts';
import { stacPreview } from './stac-preview/stac-preview.ts';
import { zarrReduce } from './zarr-reduce/zarr-reduce.ts';
import { zonalStatistics } from './zonal-statistics/zonal-statistics.ts';
import { timeSeries } from './time-series/time-series.ts';

/** The analyses that this worker can run. */
export const analyses: Partial<Record<AnalysisType, Analysis>> = {
  raster_summary: rasterSummary,
  terrain,
  classify,
  band_index: bandIndex,
  composite,
  mosaic,
  stac_preview: stacPreview,
  change_detection: changeDetection,
  zonal_statistics: zonalStatistics,
  sample_points: samplePoints,
  time_series: timeSeries,
  zarr_reduce: zarrReduce,
};
