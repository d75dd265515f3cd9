import type { ClassifyMethod } from '../../../src-shared/task/analyses/classify.ts';
import { hexOf } from '../../render/palette.ts';
import type { KeyValueRow } from '../../render/report.ts';
import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { Json, Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { ClassEntry } from './classify-legend.ts';
import type { Classified, ClassifyJob } from './classify-pass.ts';
import { crsText, emptySection, etagJson, gridBboxWgs84, gridJson, pixelValidity } from '../shared/facts.ts';
import { scalingOf } from '../shared/one-raster.ts';
import { counted, gridText, shortNumber } from '../shared/words.ts';

/** How k-means ended. */
export interface Clustering {
  /** In the units of the bands; band by band, centre by centre. */
  readonly centres: Float64Array;
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly start: number;
  readonly sampled: number;
  /** Valid pixels that the sample was drawn from. */
  readonly offered: number;
}

export interface ClassifyFacts {
  readonly job: ClassifyJob;
  readonly method: ClassifyMethod;
  readonly classes: readonly ClassEntry[];
  readonly classified: Classified;
  readonly clustering: Clustering | null;
  readonly mapPath: string;
  readonly quicklook: string | null;
  readonly chart: string;
}

/** Table and words of a classification. */
export async function classifyOutcome(ctx: RunContext, facts: ClassifyFacts, outputs: Outputs): Promise<Outcome> {
  const { job, classes, classified, clustering, mapPath, quicklook, chart } = facts;
  const { grid, place, info, origin } = job.raster;
  const names = bandNames(job);
  const total = classified.counts.reduce((sum, { area }) => sum + area, 0);
  const rows = classes.map(({ value, name, colour, from, to }, index) => {
    const { pixels = 0, area = 0, means = [] } = classified.counts[index] ?? {};
    const bands = names.map((band, at) => [`mean_${band}`, pixels === 0 ? null : (means[at] ?? null)] as const);
    const centres = names.map(
      (band, at) => [`centre_${band}`, clustering?.centres[index * names.length + at] ?? null] as const,
    );
    return {
      class: value,
      name,
      colour: hexOf(colour),
      from,
      to,
      pixels,
      share: total > 0 ? area / total : null,
      area,
      ...Object.fromEntries(clustering === null ? bands : [...centres, ...bands]),
    };
  });
  const bandColumns = (clustering === null ? ['mean'] : ['centre', 'mean']).flatMap((kind) =>
    names.map((band) => ({ key: `${kind}_${band}` })),
  );
  await outputs.write(
    'tables/classes.csv',
    csv<string>(rows, [
      { key: 'class' },
      { key: 'name' },
      { key: 'colour' },
      ...(clustering === null ? [{ key: 'from' }, { key: 'to' }] : []),
      { key: 'pixels' },
      { key: 'share' },
      { key: 'area', unit: 'm2' },
      ...bandColumns,
    ]),
  );
  const { validity, validityLine } = pixelValidity(0, 1, 'raster', classified.valid);
  return {
    validity,
    validityLine,
    summary: `${classes.length} ${clustering === null ? 'classes by thresholds' : 'clusters by k-means'} of ${counted(names.length, 'band')} of ${place.name}, at ${gridText(grid)}.`,
    marks: [],
    sections: [
      ...emptySection(validity),
      {
        kind: 'table',
        title: 'Classes',
        caption: `Areas are true areas on the ellipsoid, of pixels that are valid in ${names.length === 1 ? 'the band' : 'all bands'}${ctx.aoi === null ? '' : ' and inside the area of interest'}. The mean is that of all pixels of a class${clustering === null ? '' : '; the CSV also has the centres that the sample gave'}.`,
        columns: [
          { key: 'class', label: 'class' },
          { key: 'name', label: 'name' },
          { key: 'pixels', label: 'pixels' },
          { key: 'hectares', label: 'area', unit: 'ha' },
          { key: 'percent', label: 'share', unit: '%' },
          ...names.slice(0, 6).map((band) => ({ key: `mean_${band}`, label: `mean of ${band}` })),
        ],
        rows: rows.slice(0, 100).map((row) => ({
          ...row,
          hectares: row.area / 10_000,
          percent: row.share === null ? null : 100 * row.share,
        })),
        totalRows: rows.length,
        csvHref: 'tables/classes.csv',
      },
      { kind: 'figure', figures: [{ href: chart, alt: 'Area of every class, in its colour' }] },
      {
        kind: 'map',
        title: 'Map',
        href: mapPath,
        description: 'Class numbers from 1 with a palette and names; 0 is nodata.',
        ...(quicklook !== null && { quicklook: { href: quicklook, alt: `Classes of ${place.name}` } }),
      },
      { kind: 'keyvalue', title: 'Source', rows: sourceRows(facts, names) },
      { kind: 'text', title: 'Method', paragraphs: methodWords(facts) },
    ],
    metadata: {
      raster: { name: place.name, bands: job.bands, bytes: info.bytes, ...etagJson(info) },
      grid: gridJson(grid, origin),
      map: mapPath,
      valid_pixels: classified.valid,
      classes: rows.map((row): Json => ({ ...row, area: row.area })),
      ...(clustering !== null && {
        k_means: {
          inertia: clustering.inertia,
          iterations: clustering.iterations,
          converged: clustering.converged,
          start: clustering.start,
          sampled_pixels: clustering.sampled,
          valid_pixels: clustering.offered,
        },
      }),
    },
    extent: { bbox: gridBboxWgs84(grid), start: null, end: null },
    derivedFrom: [{ href: place.name, title: place.name, mediaType: 'image/tiff; application=geotiff' }],
    maps: [
      {
        path: mapPath,
        crs: grid.crs.code,
        shape: [grid.height, grid.width],
        transform: grid.transform,
        bands: [{ name: 'class', dtype: 'uint8', nodata: 0, statistics: labelStatistics(classified, classes) }],
      },
    ],
  };
}

/** Names of the bands for columns: their descriptions where those differ, else `band1`. */
function bandNames({ raster: { info }, bands }: ClassifyJob): string[] {
  const described = bands.map((band) => info.bands[band - 1]?.description ?? '');
  const usable = described.every((name) => /^[\w .-]{1,40}$/.test(name)) && new Set(described).size === bands.length;
  return usable ? described : bands.map((band) => `band${band}`);
}

function labelStatistics({ counts, valid }: Classified, classes: readonly ClassEntry[]) {
  const used = classes
    .map(({ value }, index) => ({ value, pixels: counts[index]?.pixels ?? 0 }))
    .filter(({ pixels }) => pixels > 0);
  if (valid === 0) return { count: 0, min: null, max: null, mean: null, std: null };
  const mean = used.reduce((sum, { value, pixels }) => sum + value * pixels, 0) / valid;
  const variance = used.reduce((sum, { value, pixels }) => sum + (value - mean) ** 2 * pixels, 0) / valid;
  return {
    count: valid,
    min: used[0]?.value ?? null,
    max: used.at(-1)?.value ?? null,
    mean,
    std: Math.sqrt(variance),
  };
}

function sourceRows(
  { job: { raster, bands, applyScale }, clustering }: ClassifyFacts,
  names: readonly string[],
): KeyValueRow[] {
  const { info } = raster;
  const declared = bands.some((band) => {
    const { scale, offset } = scalingOf(info, band, true);
    return scale !== 1 || offset !== 0;
  });
  return [
    { label: 'Raster', value: raster.place.name, code: true },
    {
      label: bands.length === 1 ? 'Band' : 'Bands',
      value: bands.map((band, i) => `${band} (${names[i] ?? ''})`).join(', '),
    },
    { label: 'CRS', value: crsText(raster.grid.crs) },
    { label: 'Grid', value: `${gridText(raster.grid)}: ${raster.origin}` },
    {
      label: 'Values',
      value: !declared
        ? 'stored numbers; no scale or offset is declared'
        : applyScale
          ? 'physical values (scale and offset applied)'
          : 'stored numbers; the declared scale and offset are not applied',
    },
    ...(clustering === null
      ? []
      : [
          { label: 'Sample', value: `${clustering.sampled} of ${clustering.offered} valid pixels` },
          {
            label: 'Convergence',
            value: `${clustering.converged ? 'converged' : 'not converged'} after ${counted(clustering.iterations, 'step')}, start ${clustering.start}`,
          },
          { label: 'Inertia', value: Number(clustering.inertia.toPrecision(8)) },
        ]),
  ];
}

function methodWords({ method, classes }: ClassifyFacts): string[] {
  if ('breaks' in method)
    return [
      `A pixel has class 1 below ${shortNumber(method.breaks[0] ?? 0)}, and one more from each limit on (${method.breaks.map(String).join(', ')}): a value on a limit belongs to the class above it, as with numpy.digitize.`,
    ];
  return [
    `K-means by Lloyd’s algorithm from k-means++ seeds (Arthur and Vassilvitskii 2007), seed ${method.seed}, best of ${counted(method.starts, 'start')}. Distances are Euclidean${method.standardise ? ', of values brought to mean 0 and standard deviation 1 band by band' : ', of the values as they are'}.`,
    'Centres come from a random sample of the valid pixels that does not depend on how the file is divided; then every valid pixel goes to the nearest centre.',
    `The ${classes.length} clusters are numbered by the first band of their centres, ascending. What they mean on the ground is for a person to say.`,
  ];
}
