import type { ReduceJob } from './zarr-reduce-job.ts';

const statistics = { mean: 'mean', sum: 'sum', min: 'minimum', max: 'maximum', std: 'standard deviation' } as const;
const periods = {
  all: 'over all time steps',
  year: 'by year',
  season: 'by season',
  month: 'by month',
  season_of_year: 'by season of the year',
  month_of_year: 'by month of the year',
} as const;

/** `mean of Air temperature by month`, and for anomalies against what. */
export function reductionText({ analysis, label, chosen }: ReduceJob): string {
  const where = chosen.length === 0 ? '' : ` at ${chosen.join(', ')}`;
  const text = `${statistics[analysis.statistic]} of ${label}${where} ${periods[analysis.period]}`;
  return analysis.reference === undefined ? text : `anomaly: ${text}, against ${analysis.reference}`;
}

/** Name of a band of the map. */
export function bandName({ analysis, variable }: Pick<ReduceJob, 'analysis' | 'variable'>, label: string): string {
  return `${analysis.reference === undefined ? analysis.statistic : 'anomaly'} of ${variable.path}, ${label}`;
}

/** What the numbers are, for axes and legends. */
export function quantity({ analysis, label }: ReduceJob): string {
  return analysis.reference === undefined ? `${statistics[analysis.statistic]} of ${label}` : `anomaly of ${label}`;
}

/** How time steps became results, with the sources of the rules. */
export function methodText({ analysis, calendar, time }: ReduceJob): string[] {
  const { statistic, period, reference } = analysis;
  const group = {
    all: 'All time steps are taken together.',
    year: 'Time steps of one calendar year are taken together.',
    season:
      'Time steps of one season are taken together: DJF is December with the January and February after it, and has the year of the latter.',
    month: 'Time steps of one month are taken together.',
    season_of_year: 'Time steps of one season (DJF, MAM, JJA, SON) of all years are taken together.',
    month_of_year: 'Time steps of one month of all years are taken together.',
  }[period];
  const rule = {
    mean: 'The mean is that of the valid time steps, each with the same weight.',
    sum: 'The sum is that of the valid time steps: where some are missing it is too small.',
    min: 'The minimum is that of the valid time steps.',
    max: 'The maximum is that of the valid time steps.',
    std: 'The standard deviation is the population one of the valid time steps (divided by their number), by Welford’s method (1962).',
  }[statistic];
  const same = {
    all: '',
    year: '',
    season: ' the same season of',
    month: ' the same month of',
    season_of_year: ' the same season of',
    month_of_year: ' the same month of',
  }[period];
  const counts = time.steps.map(({ count }) => count);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return [
    `${group} ${rule} A cell without a valid time step is nodata. A result has ${least === most ? String(least) : `${least} to ${most}`} time steps, by the stamp of each in the calendar ${calendar} (CF conventions 1.11, 4.4).`,
    ...(reference === undefined
      ? []
      : [`An anomaly is that mean minus the mean of all valid time steps of${same} ${reference}, cell by cell.`]),
    'Stored values become physical ones with scale_factor and add_offset; those equal to _FillValue or missing_value are missing (CF 2.5.1 and 8.1).',
    'Means over the area weight every valid cell with its area: on grids in degrees Δλ (sin φn − sin φs) on a sphere, else that of the cell’s corners on the sphere of the ellipsoid’s area.',
  ];
}
