import { AppError } from '../../src-shared/errors.ts';
import { redactHref } from '../io/redact.ts';
import { analysisInputs } from '../../src-shared/task/analyses.ts';
import type { Inputs } from '../../src-shared/task/inputs.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import { loadJson } from '../stac/document.ts';
import type { FindContext, Found } from '../stac/find-items.ts';
import { namedItems, searchItems } from '../stac/find-items.ts';
import type { FootprintGeometry } from '../stac/footprint.ts';
import { FootprintGeometrySchema, polygonsOf } from '../stac/footprint.ts';
import type { Licence } from './licences.ts';
import { licencesOf } from './licences.ts';
import type { RunInput } from './context.ts';
import { noDates, scenesOfFiles } from '../stac/file-scenes.ts';
import type { Place } from './places.ts';
import { rasterFiles } from './raster-files.ts';
import { isSourceError } from './source-error.ts';

export interface Gathered {
  readonly input: RunInput;
  readonly aoi: FootprintGeometry | null;
  readonly features: Place | null;
  /** A search that matched nothing. */
  readonly empty: boolean;
  readonly fixture: boolean;
  readonly matched: number | null;
  /** Inputs that were left out because they could not be read. */
  readonly skipped: number;
  /** Why a search could not be followed to its end; null when it was. */
  readonly cut: string | null;
  /** Under which licences the inputs stand, as far as STAC says it. */
  readonly licences: readonly Licence[];
}

/** Finds what the task wants to be read: searches STAC, reads items, or names rasters. */
export async function gatherInput(task: Task, ctx: FindContext): Promise<Gathered> {
  const { inputs } = task;
  const aoi = await readAoi(inputs, ctx);
  const features =
    'features' in inputs && inputs.features !== undefined ? await ctx.places.input(inputs.features) : null;
  if ('stac_api' in inputs || 'items' in inputs) {
    const found = 'stac_api' in inputs ? await searchItems(inputs, aoi, ctx) : await namedItems(inputs, aoi, ctx);
    checkItems(found.items.length, ctx.maxItems);
    ctx.log(foundText(found));
    return {
      input: { kind: 'scenes', items: found.items },
      aoi,
      features,
      empty: found.items.length === 0,
      fixture: found.fixture === true,
      matched: found.matched,
      skipped: found.skipped,
      cut: found.cut ?? null,
      licences: await licencesOf(found, ctx),
    };
  }
  if ('zarr' in inputs)
    return {
      input: { kind: 'zarr', store: await ctx.places.input(inputs.zarr) },
      aoi,
      features,
      empty: false,
      fixture: false,
      matched: 1,
      skipped: 0,
      cut: null,
      licences: [],
    };
  const names = rasterNames(inputs);
  checkItems(names.length, ctx.maxItems);
  const { places, skipped } = await rasterPlaces(names, ctx);
  if (readsScenes(task.analysis.type)) {
    const { items, undated, doubled } = scenesOfFiles(places);
    const [first] = undated;
    if (items.length === 0 && first !== undefined) throw noDates(first);
    for (const place of undated) ctx.warn(`${place.name} was left out: it has no date in its name.`);
    for (const place of doubled)
      ctx.warn(`${place.name} was left out: another file of the same scene, band and size is read.`);
    checkItems(items.length, ctx.maxItems);
    ctx.log(
      `${items.length} scenes were made of ${places.length - undated.length - doubled.length} files by their names.`,
    );
    return {
      input: { kind: 'scenes', items },
      aoi,
      features,
      empty: false,
      fixture: false,
      matched: items.length,
      skipped: skipped + undated.length + doubled.length,
      cut: null,
      licences: [],
    };
  }
  checkItems(places.length, ctx.maxItems);
  return {
    input: { kind: 'rasters', places },
    aoi,
    features,
    empty: false,
    fixture: false,
    matched: places.length + skipped,
    skipped,
    cut: null,
    licences: [],
  };
}

/** Whether an analysis reads scenes at their times; of rasters without STAC the names tell them. */
function readsScenes(type: Task['analysis']['type']): boolean {
  const readable: readonly string[] = analysisInputs[type];
  return type !== 'service' && readable.includes('stac_api');
}

function rasterNames(inputs: Inputs): readonly string[] {
  if ('raster' in inputs) return [inputs.raster];
  if ('rasters' in inputs) return inputs.rasters;
  return 'run' in inputs ? [`${inputs.run}/${inputs.output}`] : [];
}

async function rasterPlaces(names: readonly string[], ctx: FindContext): Promise<{ places: Place[]; skipped: number }> {
  const places: Place[] = [];
  let firstError: unknown;
  let failed = 0;
  for (const name of names)
    try {
      places.push(...(await rasterFiles(name, ctx.places)));
    } catch (cause) {
      if (!isSourceError(cause)) throw cause;
      firstError ??= cause;
      failed += 1;
      if (names.length > 1) ctx.warn(`${redactHref(name)} was left out: ${cause.message}`);
    }
  if (places.length === 0) throw firstError;
  // Patterns may meet the same file.
  return { places: [...new Map(places.map((place) => [place.href, place])).values()], skipped: failed };
}

function checkItems(asked: number, allowed: number): void {
  if (asked <= allowed) return;
  throw new AppError('over_limit', `The run would read ${asked} items; limits.max_items allows ${allowed}.`, {
    remedy: 'Ask for fewer items (inputs.max_items), or raise limits.max_items in the task.',
    details: { limit: 'max_items', asked, allowed },
  });
}

function foundText({ items, matched, more }: Found): string {
  const kept = `${items.length} items are used, ordered by datetime and id`;
  if (!more) return `${kept}; nothing else matched.`;
  return matched === null ? `${kept}; more matched than were fetched.` : `${kept}; ${matched} matched.`;
}

/** The area of interest, inline or from a GeoJSON file (geometry, feature, or the polygons of a collection). */
async function readAoi(inputs: Inputs, ctx: FindContext): Promise<FootprintGeometry | null> {
  const aoi = 'aoi' in inputs ? inputs.aoi : undefined;
  if (aoi === undefined) return null;
  const value = typeof aoi === 'string' ? await loadJson(await ctx.places.input(aoi), ctx.read) : aoi;
  const geometries = geometriesIn(value);
  const [first] = geometries;
  if (first === undefined)
    throw new AppError('invalid_task', 'inputs.aoi holds no GeoJSON Polygon or MultiPolygon.', {
      remedy: 'Give a polygon in WGS 84 longitude and latitude.',
    });
  return geometries.length === 1
    ? first
    : {
        type: 'MultiPolygon',
        coordinates: geometries.flatMap((one) =>
          polygonsOf(one).map((rings) => rings.map((ring) => ring.map((point) => [...point]))),
        ),
      };
}

function geometriesIn(value: unknown): FootprintGeometry[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('features' in value && Array.isArray(value.features)) return value.features.flatMap(geometriesIn);
  if ('geometry' in value) return geometriesIn(value.geometry);
  const { data } = FootprintGeometrySchema.safeParse(value);
  return data === undefined ? [] : [data];
}
