import type { Resampling } from '../../../src-shared/task/schema.ts';
import { maxApproximation } from '../../raster/warp-approximate.ts';
import type { RunContext } from '../../run/context.ts';

/** How pixels are brought onto the task's grid. Without a grid they stay where they are, which nearest keeps exactly. */
export function resamplingOf({ task }: Pick<RunContext, 'task'>): Resampling {
  return task.grid?.resampling ?? 'nearest';
}

const phrases: Readonly<Record<Resampling, string>> = {
  nearest: 'with the nearest neighbour at pixel centres',
  bilinear: 'by bilinear interpolation',
  cubic: 'by cubic convolution',
  average: 'as the area-weighted mean of the valid pixels under each cell',
  mode: 'as the most frequent valid value under each cell',
};

/** `by bilinear interpolation (...)`: the end of a sentence on how rasters are read onto a grid. */
export function resamplingText(resampling: Resampling): string {
  return resampling === 'nearest'
    ? phrases.nearest
    : `${phrases[resampling]} (gdalwarp’s rules; positions are within ${maxApproximation} source pixels of exact)`;
}
