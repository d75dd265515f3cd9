import proj4 from 'proj4';
import { AppError } from '../../../src-shared/errors.ts';
import type { Crs } from '../../../src-raster/types.ts';

/** The three GeoKey tags (34735, 34736, 34737). */
export interface GeoKeyTags {
  readonly directory: readonly number[];
  readonly doubles: readonly number[];
  readonly ascii: string;
}

type Value = number | { readonly double: readonly number[] };

const userDefined = 32767;

/** proj4 projection -> ProjCoordTransGeoKey and the key of each of its parameters. */
const methods: Readonly<Record<string, readonly [method: number, keys: Readonly<Record<string, number>>]>> = {
  tmerc: [1, { lat_0: 3081, lon_0: 3080, k_0: 3092 }],
  merc: [7, { lat_0: 3081, lon_0: 3080, k_0: 3092, lat_ts: 3078 }],
  lcc: [8, { lat_1: 3078, lat_2: 3079, lat_0: 3085, lon_0: 3084 }],
  laea: [10, { lat_0: 3089, lon_0: 3088 }],
  aea: [11, { lat_1: 3078, lat_2: 3079, lat_0: 3081, lon_0: 3080 }],
  aeqd: [12, { lat_0: 3089, lon_0: 3088 }],
  sterea: [16, { lat_0: 3081, lon_0: 3080, k_0: 3092 }],
  eqc: [17, { lat_ts: 3078, lat_0: 3089, lon_0: 3088 }],
  sinu: [24, { lon_0: 3088 }],
  cea: [28, { lat_ts: 3078, lon_0: 3080 }],
};

/**
 * GeoKeys for a CRS: its EPSG code, or the parameters of its proj4 definition (the common projections). Throws `bad_data`
 * for a CRS that GeoKeys can't say.
 */
export function geoKeyTags(crs: Crs): GeoKeyTags {
  const keys = new Map<number, Value>();
  const epsg = crs.code === 'OGC:CRS84' ? 4326 : Number(/^EPSG:(\d+)$/.exec(crs.code ?? '')?.[1] ?? NaN);
  const geographic = crs.unit === 'degree';
  keys.set(1024, geographic ? 2 : 1).set(1025, 1);
  if (epsg < userDefined) keys.set(geographic ? 2048 : 3072, epsg);
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
    const method = methods[name];
    if (method === undefined || (name === 'lcc' && !terms.has('lat_2'))) throw unsupported();
    keys.set(3075, method[0]);
    for (const [parameter, key] of Object.entries(method[1])) {
      const value = number(parameter) ?? (parameter === 'k_0' ? (number('k') ?? 1) : 0);
      if (parameter !== 'lat_ts' || name !== 'merc' || terms.has('lat_ts')) set(key, value);
    }
  }
  const falseOrigin = name === 'lcc' ? [3086, 3087] : [3082, 3083];
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

function pack(keys: ReadonlyMap<number, Value>, name: string | null): GeoKeyTags {
  const doubles: number[] = [];
  // GeoAscii is 7-bit; `|` ends a text.
  const ascii = name === null ? '' : `${name.replace(/[^\x20-\x7e]|\|/g, ' ')}|`;
  const entries: number[][] = ascii === '' ? [] : [[1026, 34737, ascii.length, 0]];
  for (const [id, value] of keys) {
    if (typeof value === 'number') entries.push([id, 0, 1, value]);
    else {
      entries.push([id, 34736, value.double.length, doubles.length]);
      doubles.push(...value.double);
    }
  }
  entries.sort((one, other) => (one[0] ?? 0) - (other[0] ?? 0));
  return { directory: [1, 1, 0, entries.length, ...entries.flat()], doubles, ascii };
}
