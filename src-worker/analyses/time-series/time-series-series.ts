import type { RunContext } from '../../run/context.ts';
import { theilSenBytes } from '../../statistics/theil-sen.ts';
import type { Feature, FeatureSet } from '../../vector/features.ts';
import { isArea } from '../../vector/features.ts';
import type { FittedSeries, TimeSeriesTask } from './time-series-fit.ts';
import { fitSeries } from './time-series-fit.ts';
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
      const values = seriesGroups(mine, task.combine).filter((group) => isClearEnough(group, feature, task));
      const fitted = await ctx.memory.hold(theilSenBytes(values.length), () =>
        Promise.resolve(fitSeries(seriesValues(values), task)),
      );
      series.push({ ...fitted, feature, layer: name, observations: mine, used: new Set(values.flat()) });
      ctx.progress('trends', series.length, layers.length * features.length, 'series');
    }
  return series;
}

/**
 * Whether enough of a polygon is clear in the scenes of one value together: a polygon may lie across two tiles. Of a point,
 * whether there is a value at all.
 */
function isClearEnough(group: readonly TimedObservation[], { geometry }: Feature, task: TimeSeriesTask): boolean {
  return !isArea(geometry) || group.reduce((sum, { share }) => sum + share, 0) >= task.min_clear_share;
}
