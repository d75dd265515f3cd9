import { crsFromEpsg, unitOf } from './epsg.ts';
import { datumOf, linearUnit } from './geokey-datum.ts';
import { numberKey, textKey } from '../tiff/geo-keys.ts';
import type { GeoKeys } from '../tiff/geo-keys.ts';
import type { Crs, CrsUnit } from '../types.ts';

/** GeoTIFF's mark of a parameter that is defined by other keys. */
const userDefined = 32767;

/**
 * The CRS of GeoKeys: an EPSG code where there is one, else a proj4 definition built from the projection's parameters
 * (OGC 19-008r4 annex C), else an ESRI or OGC WKT in a citation. Null when the keys name no CRS.
 */
export function crsFromGeoKeys(keys: GeoKeys): Crs | null {
  const model = numberKey(keys, 1024);
  const projected = numberKey(keys, 3072);
  const geographic = numberKey(keys, 2048);
  if (projected === undefined && geographic === undefined && model === undefined) return null;
  const citation = cleanCitation(textKey(keys, 3073) ?? textKey(keys, 1026) ?? textKey(keys, 2049));
  // GDAL's way of saying a projection that GeoKeys lack, such as Mollweide: the other keys are only its datum's.
  if (model === userDefined) {
    const wkt = wktOf(keys);
    return { code: null, name: citation, proj4: wkt, unit: unitOfWkt(wkt) };
  }
  const isProjected = model === 1 || (model === undefined && projected !== undefined);
  if (!isProjected && model !== 2 && geographic === undefined) return null;
  const epsg = isProjected ? projected : geographic;
  if (epsg !== undefined && epsg > 0 && epsg < userDefined) {
    const crs = crsFromEpsg(epsg);
    return crs.name === null ? { ...crs, name: citation } : crs;
  }
  const definition = isProjected ? (projectedDefinition(keys) ?? wktOf(keys)) : geographicDefinition(keys);
  const isWkt = definition !== null && !definition.startsWith('+');
  return { code: null, name: citation, proj4: definition, unit: isWkt ? unitOfWkt(definition) : unitOf(definition) };
}

function geographicDefinition(keys: GeoKeys): string | null {
  const datum = datumOf(keys);
  return datum === null ? wktOf(keys) : `+proj=longlat ${datum} +no_defs`;
}

type Parameters = readonly (readonly [name: string, ...ids: number[]])[];

const origin: Parameters = [
  ['lat_0', 3081, 3085, 3089],
  ['lon_0', 3080, 3084, 3088],
];
const centre: Parameters = [
  ['lat_0', 3089, 3081],
  ['lon_0', 3088, 3080],
];
const parallels: Parameters = [
  ['lat_1', 3078],
  ['lat_2', 3079],
];
const scale: Parameters = [['k_0', 3092, 3093]];

/** ProjCoordTransGeoKey -> proj4 projection and where its parameters come from (the first key that is present). */
const methods: Readonly<Record<number, readonly [proj: string, parameters: Parameters]>> = {
  1: ['tmerc', [...origin, ...scale]],
  3: ['omerc', [...centre.slice(0, 1), ['lonc', 3088, 3080], ['alpha', 3094], ...scale]],
  7: ['merc', [['lon_0', 3080, 3088], ['lat_ts', 3078], ...scale]],
  8: ['lcc', [...parallels, ['lat_0', 3085, 3081], ['lon_0', 3084, 3080]]],
  9: ['lcc', [['lat_1', 3081], ...origin, ...scale]],
  10: ['laea', centre],
  11: ['aea', [...parallels, ['lat_0', 3081, 3085, 3089], ['lon_0', 3080, 3084, 3088]]],
  12: ['aeqd', centre],
  13: ['eqdc', [...parallels, ...origin]],
  14: ['stere', [...centre, ...scale]],
  16: ['sterea', [...origin, ...scale]],
  17: [
    'eqc',
    [
      ['lat_ts', 3078],
      ['lat_0', 3089, 3081],
      ['lon_0', 3088, 3080],
    ],
  ],
  18: ['cass', origin],
  19: ['gnom', centre],
  20: ['mill', [['lon_0', 3088, 3080]]],
  21: ['ortho', centre],
  22: ['poly', origin],
  23: ['robin', [['lon_0', 3088, 3080]]],
  24: ['sinu', [['lon_0', 3088, 3080]]],
  25: ['vandg', [['lon_0', 3088, 3080]]],
  28: [
    'cea',
    [
      ['lat_ts', 3078],
      ['lon_0', 3080, 3088],
    ],
  ],
};

function projectedDefinition(keys: GeoKeys): string | null {
  const datum = datumOf(keys);
  const unit = linearUnit(keys);
  if (datum === null || unit === null) return null;
  const utm = numberKey(keys, 3074) ?? 0;
  if ((utm > 16000 && utm <= 16060) || (utm > 16100 && utm <= 16160))
    return `+proj=utm +zone=${utm % 100}${utm > 16100 ? ' +south' : ''} ${datum} ${unit.text} +no_defs`;
  const value = (...ids: readonly number[]): number | undefined =>
    ids.map((id) => numberKey(keys, id)).find((number) => number !== undefined);
  const easting = (value(3082, 3086, 3090) ?? 0) * unit.metres;
  const northing = (value(3083, 3087, 3091) ?? 0) * unit.metres;
  const rest = `+x_0=${easting} +y_0=${northing} ${datum} ${unit.text} +no_defs`;
  const method = numberKey(keys, 3075) ?? 0;
  if (method === 15) {
    // Polar stereographic: the latitude is that of true scale, unless it is the pole itself.
    const latitude = value(3081, 3078) ?? 90;
    const pole = latitude < 0 ? -90 : 90;
    const k = value(3092) ?? 1;
    const at = Math.abs(latitude) === 90 ? `+k_0=${k}` : `+lat_ts=${latitude}`;
    return `+proj=stere +lat_0=${pole} ${at} +lon_0=${value(3095, 3080) ?? 0} ${rest}`;
  }
  const known = methods[method];
  if (known === undefined) return null;
  const parameters = known[1].flatMap(([name, ...ids]) => {
    const number = value(...ids);
    return number === undefined ? [] : [`+${name}=${number}`];
  });
  return [`+proj=${known[0]}`, ...parameters, rest].join(' ');
}

/** WKT that ESRI and GDAL put in a citation, for CRSs that keys can't say. */
function wktOf(keys: GeoKeys): string | null {
  for (const id of [3073, 1026, 2049]) {
    const wkt = /(?:PROJCS|GEOGCS)\[.*\]/s.exec(textKey(keys, id) ?? '')?.[0];
    if (wkt !== undefined) return wkt;
  }
  return null;
}

/** The unit of the coordinates: degrees, or the factor of the last UNIT, which is the projection's. */
function unitOfWkt(wkt: string | null): CrsUnit {
  if (wkt === null) return 'unknown';
  if (wkt.startsWith('GEOGCS')) return 'degree';
  const metres = /UNIT\["[^"]*",\s*([0-9.eE+-]+)\]\s*\]\s*$/.exec(wkt.slice(-200))?.[1];
  return unitOf(metres === undefined ? null : `+to_meter=${Number(metres)}`);
}

function cleanCitation(citation: string | undefined): string | null {
  if (citation === undefined) return null;
  const name = /(?:PCS Name|GCS Name|PROJCS\["|GEOGCS\[")\s*=?\s*([^|"]+)/.exec(citation)?.[1] ?? citation;
  return name.trim() === '' ? null : name.trim();
}
