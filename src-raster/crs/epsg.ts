import proj4List from 'proj4-list';
import { AppError } from '../../src-shared/errors.ts';
import type { Crs, CrsUnit } from '../types.ts';

/**
 * The CRS of an EPSG code. Definitions are those of proj4-list, whose datum shifts agree with PROJ 9 (to 1e-7 degrees where
 * no grid is needed). `proj4` is null for a code that the list lacks: such a raster can be described but not reprojected.
 */
export function crsFromEpsg(epsg: number): Crs {
  const code = `EPSG:${epsg}`;
  const listed = corrected(epsg, proj4List[code]?.[1]);
  // Our coordinates are always x/y (GeoTIFF's order), whatever the authority's axis order is.
  const definition = listed?.replace(/\+axis=\w+\s*/, '').trim() ?? null;
  return { code, name: epsgName(epsg), proj4: definition, unit: unitOf(definition) };
}

/** S-JTSK and its Krovak grids, whose listed shift of three parameters is off by up to 15 m. */
const sJtsk = [4156, 2065, 5513, 5514];

/**
 * A definition with the better datum shift where the list has a coarse one. S-JTSK: EPSG:5239, the seven parameters for
 * Czechia (1 m); in Slovakia, which has its own, they are off by up to 3 m.
 */
function corrected(epsg: number, definition: string | undefined): string | undefined {
  return sJtsk.includes(epsg)
    ? definition?.replace(/\+towgs84=\S+/, '+towgs84=570.8,85.7,462.8,4.998,1.587,5.261,3.56')
    : definition;
}

/** WGS 84 in longitude/latitude order, degrees. */
export const wgs84: Crs = crsFromEpsg(4326);

/** A CRS by its name: `EPSG:n`, `OGC:CRS84`, or their URN and URL forms. Throws `invalid_task` for anything unknown. */
export function crsFromString(text: string): Crs {
  const trimmed = text.trim();
  if (/^(OGC:|urn:ogc:def:crs:OGC:[\d.]*:|https?:\/\/www\.opengis\.net\/def\/crs\/OGC\/[\d.]+\/)CRS84$/i.test(trimmed))
    return { ...wgs84, code: 'OGC:CRS84', name: 'WGS 84 (CRS84)' };
  const match =
    /^(?:EPSG:|urn:ogc:def:crs:EPSG:[\d.]*:|https?:\/\/www\.opengis\.net\/def\/crs\/EPSG\/[\d.]+\/)(\d{1,6})$/i.exec(
      trimmed,
    );
  const crs = match === null ? null : crsFromEpsg(Number(match[1]));
  if (crs === null || crs.proj4 === null)
    throw new AppError('invalid_task', `The coordinate reference system "${text}" is not known.`, {
      remedy: 'Use an EPSG code such as EPSG:32618, or OGC:CRS84.',
    });
  return crs;
}

/** The unit of a proj4 definition's coordinates. */
export function unitOf(definition: string | null): CrsUnit {
  if (definition === null) return 'unknown';
  if (/\+proj=(longlat|latlong)\b/.test(definition)) return 'degree';
  const unit = /\+units=(\S+)/.exec(definition)?.[1];
  const metres = Number(/\+to_meter=(\S+)/.exec(definition)?.[1] ?? 1);
  if (unit === 'ft' || metres === 0.3048) return 'foot';
  if (unit === 'us-ft' || Math.abs(metres - 1200 / 3937) < 1e-9) return 'us-survey-foot';
  return (unit === undefined || unit === 'm') && metres === 1 ? 'metre' : 'unknown';
}

function epsgName(epsg: number): string | null {
  if (epsg === 4326) return 'WGS 84';
  if (epsg === 3857) return 'WGS 84 / Pseudo-Mercator';
  const zone = epsg % 100;
  const base = epsg - zone;
  if ((base === 32600 || base === 32700) && zone >= 1 && zone <= 60)
    return `WGS 84 / UTM zone ${zone}${base === 32600 ? 'N' : 'S'}`;
  return null;
}
