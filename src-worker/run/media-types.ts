const byExtension: Readonly<Record<string, string>> = {
  tif: 'image/tiff; application=geotiff; profile=cloud-optimized',
  geojson: 'application/geo+json',
  json: 'application/json',
  csv: 'text/csv; header=present',
  png: 'image/png',
  svg: 'image/svg+xml',
  md: 'text/markdown; charset=utf-8',
  html: 'text/html; charset=utf-8',
  yaml: 'application/yaml',
};

/** Media type of an output, by its extension. */
export function mediaTypeOf(path: string): string {
  if (path === 'item.json') return 'application/geo+json';
  return byExtension[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}
