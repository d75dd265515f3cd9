import { crsFromEpsg, wgs84 } from '../../src-raster/crs.ts';
import type { Crs } from '../../src-raster/types.ts';
import type { Attributes } from './attributes.ts';
import { textOf } from './attributes.ts';

/** The CRS of a grid, or why there is none that can be used. */
export type MappedCrs = { readonly crs: Crs; readonly from: string } | { readonly refused: string };

/**
 * The CRS by the CF conventions (1.11, 5.6 and appendix F): of the grid mapping an EPSG code (as an attribute, or the
 * identifier that ends its `crs_wkt`), else its parameters; else a code that variable or group name (`proj:code`, GeoZarr).
 * Longitude and latitude without a mapping, or on a sphere, are taken as those of WGS 84.
 * @param others attributes of the variable and of its group
 */
export function crsOf(mapping: Attributes | null, others: readonly Attributes[], isLonLat: boolean): MappedCrs {
  const coded = codeIn([...(mapping === null ? [] : [mapping]), ...others]);
  if (coded !== null) {
    const crs = crsFromEpsg(coded);
    if (crs.proj4 === null) return { refused: `EPSG:${coded}, whose definition is not known` };
    return { crs, from: `EPSG:${coded}, as the store says` };
  }
  if (mapping !== null) {
    const name = text(mapping['grid_mapping_name']);
    if (name === 'latitude_longitude')
      return { crs: wgs84, from: 'its grid mapping of longitude and latitude, taken as WGS 84' };
    const proj4 = name === null ? null : definition(name, mapping);
    if (proj4 === null)
      return {
        refused: name === null ? 'a grid mapping without a name, EPSG code or known WKT' : `the grid mapping ${name}`,
      };
    return {
      crs: { code: null, name: name?.replaceAll('_', ' ') ?? null, proj4, unit: 'metre' },
      from: `the parameters of its grid mapping ${name ?? ''}`,
    };
  }
  return isLonLat
    ? { crs: wgs84, from: 'its longitudes and latitudes, taken as WGS 84' }
    : { refused: 'no grid mapping and no EPSG code' };
}

function codeIn(places: readonly Attributes[]): number | null {
  for (const attributes of places) {
    for (const key of ['epsg_code', 'spatial_epsg', 'epsg', 'proj:code', 'proj:epsg', 'crs']) {
      const match = /^(?:EPSG:+)?(\d{4,6})$/i.exec(textOf(attributes, key).trim());
      if (match !== null) return Number(match[1]);
    }
    for (const key of ['crs_wkt', 'spatial_ref', 'proj:wkt2']) {
      // The identifier of the whole CRS is its last part; those of its datum and units stand inside brackets before it.
      const match = /(?:AUTHORITY|ID)\["EPSG",\s*"?(\d+)"?\]\s*\]\s*$/i.exec(textOf(attributes, key));
      if (match !== null) return Number(match[1]);
    }
  }
  return null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A proj4 definition of a projection of CF's appendix F; null for one that is not known or lacks a parameter. */
function definition(name: string, mapping: Attributes): string | null {
  const list = (key: string) => [mapping[key]].flat().filter((one) => typeof one === 'number');
  const one = (key: string, fallback?: number) => list(key)[0] ?? fallback;
  const parallels = list('standard_parallel');
  const [first, second = first] = parallels;
  const origin = ['lat_0', one('latitude_of_projection_origin', 0)] as const;
  const centre = ['lon_0', one('longitude_of_projection_origin', 0)] as const;
  const meridian = ['lon_0', one('longitude_of_central_meridian', one('longitude_of_projection_origin', 0))] as const;
  const terms = ((): readonly (readonly [string, string | number | undefined])[] | null => {
    switch (name) {
      case 'lambert_conformal_conic':
        return [['proj', 'lcc'], ['lat_1', first], ['lat_2', second], origin, meridian];
      case 'albers_conical_equal_area':
        return [['proj', 'aea'], ['lat_1', first], ['lat_2', second], origin, meridian];
      case 'lambert_azimuthal_equal_area':
        return [['proj', 'laea'], origin, centre];
      case 'azimuthal_equidistant':
        return [['proj', 'aeqd'], origin, centre];
      case 'transverse_mercator':
        return [['proj', 'tmerc'], origin, meridian, ['k_0', one('scale_factor_at_central_meridian', 1)]];
      case 'mercator':
        return first === undefined
          ? [['proj', 'merc'], centre, ['k_0', one('scale_factor_at_projection_origin', 1)]]
          : [['proj', 'merc'], centre, ['lat_ts', first]];
      case 'lambert_cylindrical_equal_area':
        return [['proj', 'cea'], meridian, ['lat_ts', first ?? 0]];
      case 'sinusoidal':
        return [['proj', 'sinu'], meridian];
      case 'polar_stereographic': {
        const pole = one('latitude_of_projection_origin', (first ?? 90) < 0 ? -90 : 90);
        const down = [
          'lon_0',
          one('straight_vertical_longitude_from_pole', one('longitude_of_projection_origin', 0)),
        ] as const;
        return first === undefined
          ? [['proj', 'stere'], ['lat_0', pole], down, ['k_0', one('scale_factor_at_projection_origin', 1)]]
          : [['proj', 'stere'], ['lat_0', pole], down, ['lat_ts', first]];
      }
      default:
        return null;
    }
  })();
  if (terms === null || terms.some(([, value]) => value === undefined)) return null;
  const shift = [
    ['x_0', one('false_easting', 0)],
    ['y_0', one('false_northing', 0)],
  ] as const;
  const all = [...terms, ...shift, ...ellipsoid(mapping), ['units', 'm'] as const];
  return `${all.map(([key, value]) => `+${key}=${value}`).join(' ')} +no_defs`;
}

function ellipsoid(mapping: Attributes): (readonly [string, string | number])[] {
  const number = (key: string) => (typeof mapping[key] === 'number' ? mapping[key] : undefined);
  const radius = number('earth_radius');
  const major = number('semi_major_axis') ?? radius;
  const flattening = number('inverse_flattening');
  const minor = number('semi_minor_axis') ?? radius ?? (flattening === 0 ? major : undefined);
  if (major === undefined) return [['datum', 'WGS84']];
  const isWgs84 =
    Math.abs(major - 6_378_137) < 1e-3 &&
    (Math.abs((flattening ?? 0) - 298.257223563) < 1e-6 || Math.abs((minor ?? 0) - 6_356_752.314245) < 1e-3);
  if (isWgs84) return [['datum', 'WGS84']];
  if (minor !== undefined)
    return [
      ['a', major],
      ['b', minor],
    ];
  return flattening === undefined
    ? [
        ['a', major],
        ['b', major],
      ]
    : [
        ['a', major],
        ['rf', flattening],
      ];
}
