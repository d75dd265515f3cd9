export { crsFromEpsg, crsFromString, wgs84 } from './crs-epsg.ts';
export { crsFromGeoKeys } from './crs-from-geokeys.ts';
export { boundsTo, sameCrs, transformer } from './crs-transform.ts';
export type { Transformer } from './crs-transform.ts';
