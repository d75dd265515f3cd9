/** A local path in a task: as written, and where it stands in the task's YAML. */
export interface LocalHref {
  readonly href: string;
  readonly at: readonly (string | number)[];
}

const hrefFields = ['stac_api', 'items', 'raster', 'rasters', 'zarr', 'folder', 'aoi', 'features'];

/** Every local path that a task's `inputs` name. They may come from a task that is not valid: what is no text is passed over. */
export function localHrefs(inputs: unknown): LocalHref[] {
  if (typeof inputs !== 'object' || inputs === null) return [];
  const fields = inputs as Record<string, unknown>;
  return hrefFields.flatMap((field): LocalHref[] => {
    const value = fields[field];
    if (!Array.isArray(value)) return isLocal(value) ? [{ href: value, at: ['inputs', field] }] : [];
    return value.flatMap((href: unknown, index) => (isLocal(href) ? [{ href, at: ['inputs', field, index] }] : []));
  });
}

function isLocal(href: unknown): href is string {
  return typeof href === 'string' && href !== '' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(href);
}
