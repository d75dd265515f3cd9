import type { Task } from '../../src-shared/task/schema.ts';
import { indexFormulas } from '../analyses/shared/index-formula.ts';

/** For each band that an analysis of scenes reads the names it may have; null for analyses that don't read scenes by bands. */
export function wantedBands({ analysis }: Pick<Task, 'analysis'>): (readonly string[])[] | null {
  switch (analysis.type) {
    case 'stac_preview':
      return analysis.bands.map((name) => [name]);
    case 'band_index':
    case 'composite':
    case 'time_series':
    case 'change_detection': {
      const index = analysis.index === undefined ? null : indexFormulas[analysis.index];
      const bands = 'bands' in analysis ? (analysis.bands ?? []).map((name) => [name]) : [];
      const masks = analysis.mask === undefined ? [] : [[analysis.mask.band]];
      return [...(index === null ? [] : [index.a, index.b]), ...bands, ...masks];
    }
    default:
      return null;
  }
}
