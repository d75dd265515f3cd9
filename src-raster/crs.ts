export { crsFromEpsg, crsFromString, wgs84 } from './crs/epsg.ts';
export { crsFromGeoKeys } from './crs/from-geokeys.ts';
export { boundsTo, transformer } from './crs/transform.ts';
