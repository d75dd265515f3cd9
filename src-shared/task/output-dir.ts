const root = '/data/outputs/jobs/';

/**
 * Normalises a task's `output_dir`, or returns null when it is not a folder strictly below `/data/outputs/jobs/`.
 * Only plain path segments are let through, so no spelling of the path can leave the root on any system.
 */
export function normaliseOutputDir(path: string): string | null {
  if (!path.startsWith(root)) return null;
  const segments = path
    .slice(root.length)
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.');
  const plain = segments.every((segment) => segment !== '..' && /^[\p{L}\p{N}_.@ -]{1,200}$/u.test(segment));
  return plain && segments.length > 0 ? root + segments.join('/') : null;
}
