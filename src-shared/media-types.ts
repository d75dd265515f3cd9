const byExtension: Readonly<Record<string, string>> = {
  tif: 'image/tiff; application=geotiff; profile=cloud-optimized',
  geojson: 'application/geo+json',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; header=present',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  svg: 'image/svg+xml',
  md: 'text/markdown; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  pdf: 'application/pdf',
  nc: 'application/x-netcdf',
  parquet: 'application/vnd.apache.parquet',
};

/** Media type of a run's file, by its extension; `application/octet-stream` when that says nothing. */
export function mediaTypeOf(path: string): string {
  if (path === 'item.json') return 'application/geo+json';
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(byExtension, extension) ? (byExtension[extension] ?? '') : 'application/octet-stream';
}

/** `Content-Type` of a run's file: its media type, with the character set where the type leaves that open. */
export function contentTypeOf(path: string): string {
  const type = mediaTypeOf(path);
  return type.startsWith('text/') && !type.includes('charset=') ? `${type}; charset=utf-8` : type;
}
