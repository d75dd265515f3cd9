import type { AnalysisType } from '../../src-shared/task/analyses.ts';
import type { Analysis } from '../run/context.ts';
import { bandIndex } from './band-index.ts';
import { composite } from './composite.ts';
import { rasterSummary } from './raster-summary.ts';
import { terrain } from './terrain.ts';
import { stacPreview } from './stac-preview.ts';

/** The analyses that this worker can run. */
export const analyses: Partial<Record<AnalysisType, Analysis>> = {
  raster_summary: rasterSummary,
  terrain,
  band_index: bandIndex,
  composite,
  stac_preview: stacPreview,
};
