import type { Beside } from '../../src-raster/open-geotiff.ts';
import type { RunFile } from '../../src-shared/api/library.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { RasterFile } from './reader/protocol.ts';

/** The address of a file of a run, for `fetch` with ranges. */
export type FileUrl = (jobId: JobId, path: string) => string;

export interface RunRaster {
  readonly id: string;
  readonly file: RasterFile;
}

export interface RunVector {
  readonly id: string;
  readonly url: string;
  readonly bytes: number;
  /** The STAC Item of the run, whose geometry is the footprint of its results. */
  readonly isFootprint: boolean;
}

/** What of a run can be shown on a map; files under maps/ first, then by path. */
export function mapFiles(
  jobId: JobId,
  files: readonly RunFile[],
  fileUrl: FileUrl,
): { readonly rasters: RunRaster[]; readonly vectors: RunVector[] } {
  const paths = new Set(files.map((file) => file.path));
  const sorted = [...files].sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));
  const rasters = sorted
    .filter(({ path }) => /\.tiff?$/i.test(path))
    .map(({ path }): RunRaster => {
      const beside: Partial<Record<Beside, string>> = {};
      for (const suffix of ['.msk', '.ovr', '.aux.xml'] as const)
        if (paths.has(path + suffix)) beside[suffix] = fileUrl(jobId, path + suffix);
      return { id: path, file: { name: path, url: fileUrl(jobId, path), beside } };
    });
  const vectors = sorted
    .filter(({ path }) => /\.geojson$/i.test(path) || path === 'item.json')
    .map(({ path, bytes }) => ({ id: path, url: fileUrl(jobId, path), bytes, isFootprint: path === 'item.json' }));
  return { rasters, vectors };
}

function rank(path: string): number {
  return path.startsWith('maps/') ? 0 : 1;
}
