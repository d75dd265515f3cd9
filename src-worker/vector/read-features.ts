import { AppError } from '../../src-shared/errors.ts';
import { analysisFeatures } from '../../src-shared/task/analyses.ts';
import { openByteSource } from '../io/byte-source.ts';
import { fetchJson } from '../io/http.ts';
import type { RunContext } from '../run/context.ts';
import type { Json } from '../run/messages.ts';
import type { Place } from '../run/places.ts';
import { checkGeometry } from './check-geometry.ts';
import type { Feature, FeatureSet, RawFeature } from './features.ts';
import { isArea } from './features.ts';
import { parseGeoJson } from './parse-geojson.ts';
import { readGeoParquet } from './read-geoparquet.ts';

const maxJsonBytes = 32 * 1_048_576;
/** JSON that is parsed takes up to about twenty times its size. */
const heapPerByte = 20;
/** Features that are named in a warning. */
const mostNamed = 10;

/** Kinds of features that `readFeatures` is asked for; `either` by default where the analysis does not say. */
type Kind = 'polygons' | 'points' | 'either';

type ReadingContext = Pick<RunContext, 'features' | 'task' | 'read' | 'warn' | 'signal'>;

/**
 * Reads `inputs.features`: a GeoJSON file (RFC 7946) or, where its name ends in .parquet, GeoParquet, in WGS 84, of the points
 * or polygons that the analysis works on. What can't be used is left out and warned about, once for each reason.
 * @throws AppError `invalid_task` without features in the task, `bad_data` when the file is neither, declares another CRS,
 * holds no longitudes and latitudes, or has no usable feature, `over_limit` when it is too large for the memory
 */
export async function readFeatures(ctx: ReadingContext): Promise<FeatureSet> {
  const { analysis } = ctx.task;
  const kind = analysisFeatures[analysis.type] ?? 'either';
  if (ctx.features === null)
    throw new AppError('invalid_task', `${analysis.type} needs ${kindText(kind)}, and the task names none.`, {
      remedy: 'Give inputs.features: the path or address of a GeoJSON or GeoParquet file in WGS 84.',
    });
  const place = ctx.features;
  const raw = isParquet(place) ? await readParquet(ctx, place) : parseGeoJson(await readJson(ctx, place), place.name);
  return select(ctx, place, raw, kind);
}

function select(ctx: ReadingContext, { name }: Place, raw: readonly RawFeature[], kind: Kind): FeatureSet {
  const problems = new Map<string, string[]>();
  const features: Feature[] = [];
  const flaws: string[] = [];
  let away = 0;
  for (const [index, { id, properties, geometry }] of raw.entries()) {
    if (index % 1_000 === 0) ctx.signal.throwIfAborted();
    const label = id === null ? String(index + 1) : String(id);
    const leaveOut = (problem: string) => problems.set(problem, [...(problems.get(problem) ?? []), label]);
    const checked = checkGeometry(geometry);
    if ('problem' in checked) {
      leaveOut(checked.problem);
      if (checked.outside === true) away += 1;
      continue;
    }
    if (kind !== 'either' && isArea(checked.geometry) !== (kind === 'polygons')) {
      leaveOut(`is a ${checked.geometry.type}, and ${ctx.task.analysis.type} reads ${kind}`);
      continue;
    }
    if (checked.flaw !== undefined) flaws.push(`${label} (${checked.flaw})`);
    features.push({
      index,
      id: label,
      name: textOf(properties['name']) ?? label,
      properties,
      geometry: checked.geometry,
    });
  }
  const [problem] = problems.keys();
  if (features.length === 0) {
    if (away > 0 && away === raw.length)
      throw new AppError('bad_data', `${name} holds no longitudes and latitudes: its first feature ${problem}.`, {
        remedy: 'Reproject the features to WGS 84: ogr2ogr -t_srs EPSG:4326 features.geojson INPUT',
      });
    throw new AppError(
      'bad_data',
      raw.length === 0
        ? `${name} has no features.`
        : `${name} has no usable ${kindText(kind)}: its first feature ${problem}.`,
      { remedy: `Name a GeoJSON or GeoParquet file with ${kindText(kind)} in WGS 84.` },
    );
  }
  for (const [reason, ids] of problems)
    ctx.warn(
      `${name}: left out ${ids.length === 1 ? 'a feature that' : `${ids.length} features of which each`} ${reason}: ${listed(ids)}.`,
    );
  if (flaws.length > 0)
    ctx.warn(
      `${name}: ${flaws.length === 1 ? 'the outline of one feature crosses itself' : `the outlines of ${flaws.length} features cross themselves`} a little, too little to matter, and is used as it is: ${listed(flaws)}.`,
    );
  return { features, skipped: raw.length - features.length };
}

function listed(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}

/** A property as a text; null for what is none. */
export function textOf(value: Json | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function kindText(kind: Kind): string {
  return kind === 'either' ? 'points or polygons' : kind;
}

function isParquet({ name }: Place): boolean {
  return /\.(geo)?parquet$/i.test(name);
}

async function readParquet(ctx: ReadingContext, place: Place): Promise<RawFeature[]> {
  const source = await openByteSource(place.href, ctx.read);
  try {
    return await readGeoParquet(source, place.name, ctx.read, memoryFor(ctx));
  } finally {
    await source.close();
  }
}

/** What features may take on the heap: half of the run's memory. */
function memoryFor({ task }: ReadingContext): number {
  return (task.limits.memory_mb * 1_048_576) / 2;
}

async function readJson(ctx: ReadingContext, place: Place): Promise<unknown> {
  if (/^https?:/i.test(place.href))
    return fetchJson(place.href, { headers: { accept: 'application/geo+json, application/json' } }, ctx.read);
  const source = await openByteSource(place.href, ctx.read);
  try {
    checkSize(ctx, place, source.size);
    const bytes = await source.read(0, source.size, ctx.read);
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause;
    throw new AppError('bad_data', `${place.name} is not GeoJSON: it is not even JSON.`, {
      remedy: 'Write GeoJSON from whatever it is: ogr2ogr -t_srs EPSG:4326 features.geojson INPUT',
      cause,
    });
  } finally {
    await source.close();
  }
}

function checkSize(ctx: ReadingContext, { name }: Place, bytes: number): void {
  if (bytes > maxJsonBytes)
    throw new AppError('bad_data', `${name} has ${bytes} bytes; GeoJSON is read up to ${maxJsonBytes}.`, {
      remedy: 'Keep fewer features or fewer decimals: ogr2ogr -lco COORDINATE_PRECISION=6 features.geojson INPUT',
    });
  const asked = bytes * heapPerByte;
  const allowed = memoryFor(ctx);
  if (asked > allowed)
    throw new AppError(
      'over_limit',
      `${name} would take about ${asked} bytes of memory; half of limits.memory_mb is ${allowed}.`,
      {
        remedy: 'Keep fewer features, or raise limits.memory_mb in the task.',
        details: { limit: 'memory_mb', asked, allowed },
      },
    );
}
