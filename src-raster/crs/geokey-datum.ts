import { crsFromEpsg } from './epsg.ts';
import { numberKey } from '../tiff/geo-keys.ts';
import type { GeoKeys } from '../tiff/geo-keys.ts';

/** GeodeticDatumGeoKey values -> the EPSG geographic CRS whose datum it is. */
const datumToGeographic: Readonly<Record<number, number>> = {
  6326: 4326,
  6269: 4269,
  6267: 4267,
  6258: 4258,
  6283: 4283,
  6322: 4322,
  6277: 4277,
  6289: 4289,
  6314: 4314,
  6230: 4230,
  6167: 4167,
};

/** EllipsoidGeoKey values -> proj4's name. */
const ellipsoids: Readonly<Record<number, string>> = {
  7001: 'airy',
  7004: 'bessel',
  7008: 'clrk66',
  7012: 'clrk80',
  7019: 'GRS80',
  7022: 'intl',
  7024: 'krass',
  7030: 'WGS84',
  7036: 'GRS67',
  7043: 'WGS72',
};

/** The proj4 terms for datum or ellipsoid, shift to WGS 84 and prime meridian of GeoKeys, or null when they are not given. */
export function datumOf(keys: GeoKeys): string | null {
  const fromKeys = ellipsoidOf(keys);
  const geographic = numberKey(keys, 2048) ?? 32767;
  const datum = numberKey(keys, 2050) ?? 32767;
  const epsg = geographic !== 32767 ? geographic : datumToGeographic[datum];
  const listed = epsg === undefined ? null : crsFromEpsg(epsg).proj4;
  const terms = listed?.match(/\+(datum|ellps|a|b|rf|towgs84|pm|nadgrids)=\S+/g)?.join(' ') ?? fromKeys;
  if (terms === null) return null;
  const shift = keys.get(2062);
  const towgs84 =
    Array.isArray(shift) && !terms.includes('+towgs84') && !terms.includes('+datum')
      ? ` +towgs84=${shift.join(',')}`
      : '';
  const meridian = numberKey(keys, 2061) ?? 0;
  return terms + towgs84 + (meridian !== 0 && !terms.includes('+pm') ? ` +pm=${meridian}` : '');
}

function ellipsoidOf(keys: GeoKeys): string | null {
  const name = ellipsoids[numberKey(keys, 2056) ?? 0];
  if (name !== undefined) return `+ellps=${name}`;
  const a = numberKey(keys, 2057);
  if (a === undefined) return null;
  const inverseFlattening = numberKey(keys, 2059);
  if (inverseFlattening !== undefined && inverseFlattening !== 0) return `+a=${a} +rf=${inverseFlattening}`;
  return `+a=${a} +b=${numberKey(keys, 2058) ?? a}`;
}

/** The linear unit of a projected CRS as proj4 terms and in metres; null for a unit that we don't know. */
export function linearUnit(keys: GeoKeys): { text: string; metres: number } | null {
  const code = numberKey(keys, 3076) ?? 9001;
  if (code === 9001) return { text: '+units=m', metres: 1 };
  if (code === 9002) return { text: '+units=ft', metres: 0.3048 };
  if (code === 9003) return { text: '+units=us-ft', metres: 1200 / 3937 };
  if (code === 9036) return { text: '+units=km +to_meter=1000', metres: 1000 };
  const metres = numberKey(keys, 3077);
  return metres === undefined || metres <= 0 ? null : { text: `+to_meter=${metres}`, metres };
}
