import type { RunContext } from '../../run/context.ts';
import type { Feature, FeatureSet } from '../../vector/features.ts';
import { isArea } from '../../vector/features.ts';
import type { FittedSeries, TimeSeriesTask } from './time-series-fit.ts';
import { fitSeries } from './time-series-fit.ts';
import { trendBytes } from './time-series-memory.ts';
import type { TimedObservation } from './time-series-values.ts';
import { seriesGroups, seriesValues } from './time-series-values.ts';

/** What was asked and opened. */
export interface SeriesJob {
  readonly task: TimeSeriesTask;
  readonly features: FeatureSet;
  /** Names of the layers: the index or the bands. */
  readonly layers: readonly string[];
  /** The grid in words. */
  readonly origin: string;
}

/** One feature in one layer. */
export interface FeatureSeries extends FittedSeries {
  readonly feature: Feature;
  readonly layer: string;
  /** Of scenes that it lies in, whether clear or not. */
  readonly observations: readonly TimedObservation[];
  /** Those that count. */
  readonly used: ReadonlySet<TimedObservation>;
}

/** The series of all features in all layers, layer by layer; also those without a value. */
export async function fitAll(
  ctx: RunContext,
  { task, features: { features }, layers }: SeriesJob,
  observations: readonly TimedObservation[],
): Promise<FeatureSeries[]> {
  const own = new Map<string, TimedObservation[]>();
  for (const one of observations) {
    const key = `${one.layer}/${one.feature}`;
    const list = own.get(key);
    if (list === undefined) own.set(key, [one]);
    else list.push(one);
  }
  const series: FeatureSeries[] = [];
  for (const [layer, name] of layers.entries())
    for (const [index, feature] of features.entries()) {
      ctx.signal.throwIfAborted();
      const mine = own.get(`${layer}/${index}`) ?? [];
      const groups = seriesGroups(mine, task.combine).filter((group) => isClearEnough(group, feature, task));
      const values = seriesValues(groups);
      const bytes = trendBytes(
        values.map(({ time }) => time),
        task.trend,
      );
      const fitted = await ctx.memory.hold(bytes, () => Promise.resolve(fitSeries(values, task)));
      series.push({ ...fitted, feature, layer: name, observations: mine, used: new Set(groups.flat()) });
      ctx.progress('trends', series.length, layers.length * features.length, 'series');
    }
  return series;
}

/**
 * Whether the clear shares of a polygon in the scenes of one value, added, are enough: a polygon may lie across two tiles.
 * Ground that two of them show counts twice. Of a point, whether there is a value at all.
 */
function isClearEnough(group: readonly TimedObservation[], { geometry }: Feature, task: TimeSeriesTask): boolean {
  return !isArea(geometry) || group.reduce((sum, { share }) => sum + share, 0) >= task.min_clear_share;
}
