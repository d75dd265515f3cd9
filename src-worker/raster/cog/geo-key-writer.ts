import proj4 from 'proj4';
import { AppError } from '../../../src-shared/errors.ts';
import type { Crs } from '../../../src-raster/types.ts';

/** The three GeoKey tags (34735, 34736, 34737). */
export interface GeoKeyTags {
  readonly directory: readonly number[];
  readonly doubles: readonly number[];
  readonly ascii: string;
}

type Value = number | { readonly double: readonly number[] } | { readonly text: string };

const userDefined = 32767;

/** proj4 projection -> ProjCoordTransGeoKey and the key of each of its parameters. */
const methods: Readonly<Record<string, readonly [method: number, keys: Readonly<Record<string, number>>]>> = {
  tmerc: [1, { lat_0: 3081, lon_0: 3080, k_0: 3092 }],
  merc: [7, { lat_0: 3081, lon_0: 3080, k_0: 3092, lat_ts: 3078 }],
  lcc: [8, { lat_1: 3078, lat_2: 3079, lat_0: 3085, lon_0: 3084 }],
  laea: [10, { lat_0: 3089, lon_0: 3088 }],
  aea: [11, { lat_1: 3078, lat_2: 3079, lat_0: 3081, lon_0: 3080 }],
  aeqd: [12, { lat_0: 3089, lon_0: 3088 }],
  eqdc: [13, { lat_1: 3078, lat_2: 3079, lat_0: 3089, lon_0: 3088 }],
  stere: [14, { lat_0: 3089, lon_0: 3088, k_0: 3092 }],
  sterea: [16, { lat_0: 3081, lon_0: 3080, k_0: 3092 }],
  eqc: [17, { lat_ts: 3078, lat_0: 3089, lon_0: 3088 }],
  cass: [18, { lat_0: 3081, lon_0: 3080 }],
  gnom: [19, { lat_0: 3089, lon_0: 3088 }],
  mill: [20, { lon_0: 3088 }],
  ortho: [21, { lat_0: 3089, lon_0: 3088 }],
  poly: [22, { lat_0: 3081, lon_0: 3080 }],
  robin: [23, { lon_0: 3088 }],
  sinu: [24, { lon_0: 3088 }],
  vandg: [25, { lon_0: 3088 }],
  cea: [28, { lat_ts: 3078, lon_0: 3080 }],
};

/** Lambert's conic with one parallel, which proj4 gives as lat_1. */
const oneParallel = [9, { lat_1: 3081, lon_0: 3080, k_0: 3092 }] as const;

/**
 * GeoKeys for a CRS: its EPSG code, or the parameters of its proj4 definition (the common projections), or its WKT as ESRI
 * and GDAL put it into the citation. Throws `bad_data`
 * for a CRS that GeoKeys can't say.
 */
export function geoKeyTags(crs: Crs): GeoKeyTags {
  const keys = new Map<number, Value>();
  const epsg = crs.code === 'OGC:CRS84' ? 4326 : Number(/^EPSG:(\d+)$/.exec(crs.code ?? '')?.[1] ?? NaN);
  const geographic = crs.unit === 'degree';
  keys.set(1024, geographic ? 2 : 1).set(1025, 1);
  const isWkt = /^\s*(PROJCS|GEOGCS)\[/.test(crs.proj4 ?? '');
  if (epsg < userDefined) keys.set(geographic ? 2048 : 3072, epsg);
  // As GDAL writes it: a model of its own, and the WKT where the projection's citation is.
  else if (isWkt) keys.set(1024, userDefined).set(3073, { text: `ESRI PE String = ${crs.proj4 ?? ''}` });
  else defineByParameters(crs, keys);
  if (geographic) keys.set(2054, 9102);
  return pack(keys, crs.name);
}

function defineByParameters(crs: Crs, keys: Map<number, Value>): void {
  const terms = new Map(
    [...(crs.proj4 ?? '').matchAll(/\+(\w+)(?:=(\S+))?/g)].map((match) => [match[1], match[2] ?? '']),
  );
  const number = (name: string): number | undefined => (terms.has(name) ? Number(terms.get(name)) : undefined);
  const unsupported = (): AppError =>
    new AppError(
      'bad_data',
      `The coordinate reference system ${crs.name ?? crs.proj4 ?? ''} can't be written to a GeoTIFF.`,
      {
        remedy: 'Choose grid.crs as an EPSG code.',
      },
    );
  if (crs.proj4 === null || terms.size === 0) throw unsupported();
  defineDatum(crs.proj4, terms, keys);
  if (crs.unit === 'degree') return;

  const name = terms.get('proj') ?? '';
  const metres = crs.unit === 'foot' ? 0.3048 : crs.unit === 'us-survey-foot' ? 1200 / 3937 : (number('to_meter') ?? 1);
  keys.set(3072, userDefined).set(3074, userDefined);
  keys.set(3076, crs.unit === 'foot' ? 9002 : crs.unit === 'us-survey-foot' ? 9003 : metres === 1 ? 9001 : userDefined);
  if (crs.unit === 'unknown') keys.set(3077, { double: [metres] });
  const set = (key: number, value: number): unknown => keys.set(key, { double: [value] });
  let [easting, northing] = [(number('x_0') ?? 0) / metres, (number('y_0') ?? 0) / metres];
  if (name === 'utm') {
    keys.set(3075, 1);
    set(3080, (number('zone') ?? 0) * 6 - 183);
    set(3081, 0);
    set(3092, 0.9996);
    [easting, northing] = [500000 / metres, terms.has('south') ? 10_000_000 / metres : 0];
  } else if (name === 'stere' && Math.abs(number('lat_0') ?? 0) === 90) {
    keys.set(3075, 15);
    set(3095, number('lon_0') ?? 0);
    set(3081, number('lat_ts') ?? number('lat_0') ?? 90);
    set(3092, number('k_0') ?? number('k') ?? 1);
  } else {
    const isOneParallel = name === 'lcc' && (!terms.has('lat_2') || terms.get('lat_2') === terms.get('lat_1'));
    const method = isOneParallel ? oneParallel : methods[name];
    // With one parallel the origin is on it.
    if (method === undefined || (isOneParallel && number('lat_0') !== number('lat_1'))) throw unsupported();
    keys.set(3075, method[0]);
    for (const [parameter, key] of Object.entries(method[1])) {
      const value = number(parameter) ?? (parameter === 'k_0' ? (number('k') ?? 1) : 0);
      if (parameter !== 'lat_ts' || name !== 'merc' || terms.has('lat_ts')) set(key, value);
    }
  }
  const falseOrigin = keys.get(3075) === 8 ? [3086, 3087] : [3082, 3083];
  set(falseOrigin[0] ?? 3082, easting);
  set(falseOrigin[1] ?? 3083, northing);
}

function defineDatum(
  definition: string,
  terms: ReadonlyMap<string | undefined, string>,
  keys: Map<number, Value>,
): void {
  const known: Readonly<Record<string, number>> = { WGS84: 4326, NAD83: 4269, NAD27: 4267 };
  const epsg = known[terms.get('datum') ?? ''];
  if (epsg !== undefined) {
    keys.set(2048, epsg);
    return;
  }
  const projection = new proj4.Proj(definition);
  const [a, b] = [Number(projection.a), Number(projection.b)];
  keys.set(2048, userDefined).set(2050, userDefined).set(2056, userDefined).set(2054, 9102);
  keys.set(2057, { double: [a] });
  if (a === b) keys.set(2058, { double: [b] });
  else keys.set(2059, { double: [a / (a - b)] });
  const shift = terms.get('towgs84');
  if (shift !== undefined) keys.set(2062, { double: shift.split(',').map(Number) });
}

/** GeoAscii is 7-bit, and `|` ends a text. */
function plain(text: string): string {
  return `${text.replace(/[^\x20-\x7e]|\|/g, ' ')}|`;
}

function pack(keys: ReadonlyMap<number, Value>, name: string | null): GeoKeyTags {
  const doubles: number[] = [];
  let ascii = '';
  const entries: number[][] = [];
  const all = new Map(name === null ? keys : [...keys, [1026, { text: name }] as const]);
  for (const [id, value] of [...all].sort(([one], [other]) => one - other)) {
    if (typeof value === 'number') entries.push([id, 0, 1, value]);
    else if ('text' in value) {
      entries.push([id, 34737, plain(value.text).length, ascii.length]);
      ascii += plain(value.text);
    } else {
      entries.push([id, 34736, value.double.length, doubles.length]);
      doubles.push(...value.double);
    }
  }
  return { directory: [1, 1, 0, entries.length, ...entries.flat()], doubles, ascii };
}
