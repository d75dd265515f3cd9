import { z } from 'zod';
import type { RunFile } from '../../../src-shared/api/library.ts';
import type { Job } from '../../../src-shared/job.ts';
import { analysisName } from '../../tasks/analysis-name.ts';
import { bytes, count, grouped, time } from '../../ui/format.ts';
import type { Json } from './json-tree.ts';

/** One line of the summary of a run. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Digits and codes, which are compared sign by sign. */
  readonly isCode?: boolean;
}

/** A file of a run is not trusted to have the form that the worker gives it: what has another form is left out. */
const optional = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined);
const text = optional(z.string());
const list = optional(z.array(z.unknown()));
const numbers = optional(z.array(z.number()));

const Metadata = z.object({
  inputs: optional(
    z.object({
      stac_api: text,
      collection: text,
      datetime: text,
      bbox: numbers,
      raster: text,
      rasters: optional(z.array(z.string())),
      items: list,
    }),
  ),
  analysis: optional(z.object({ type: text, method: text, index: text })),
  grid: optional(z.object({ crs: text, shape: numbers, resolution: numbers, bounds_wgs84: numbers })),
  bands: optional(z.array(z.object({ name: text, band: z.unknown().optional() }))),
  items: list,
  left_out: list,
  worker: optional(z.object({ version: text })),
});

/** What a person asks first of a run: from which data, how, on which grid, made by what, with which hashes. */
export function factsOf(job: Job, metadata: Json, files: readonly RunFile[]): Fact[] {
  const { inputs, analysis, grid, bands, items } = Metadata.safeParse(metadata).data ?? {};
  const facts: (Fact | null)[] = [
    fact(
      'Analysis',
      [analysis?.type === undefined ? undefined : analysisName(analysis.type), analysis?.index ?? analysis?.method]
        .filter((word) => word !== undefined)
        .join(', '),
    ),
    fact('Collection', inputs?.collection),
    fact('STAC API', inputs?.stac_api, true),
    fact('Asked for', inputs?.datetime, true),
    fact('Rasters', inputs?.rasters?.join(', ') ?? inputs?.raster, true),
    fact('Items used', items === undefined ? undefined : grouped(items.length)),
    fact(
      'Bands',
      bands
        ?.map(({ name }) => name)
        .filter((name) => name !== undefined)
        .join(', '),
    ),
    fact('CRS', grid?.crs, true),
    fact('Grid', gridWords(grid?.shape, grid?.resolution), true),
    fact('Bounds (WGS 84)', grid?.bounds_wgs84?.map((degrees) => degrees.toFixed(5)).join(', '), true),
    fact('Files', files.length === 0 ? undefined : filesWords(files)),
    fact('Ran', job.result?.phases.started == null ? undefined : time(job.result.phases.started)),
    fact('Back end', `${job.backend}${job.offline ? ', offline' : ''}`),
    fact('Worker', job.result?.workerVersion ?? undefined, true),
    fact('Worker bundle (sha256)', job.result?.bundleSha256 ?? undefined, true),
    fact('Container image', job.result?.imageDigest ?? undefined, true),
    fact('Task (sha256)', job.taskSha256, true),
    fact('All outputs (root sha256)', job.result?.rootSha256 ?? undefined, true),
  ];
  return facts.filter((one) => one !== null);
}

function fact(label: string, value: string | undefined, isCode = false): Fact | null {
  return value === undefined || value === '' ? null : { label, value, ...(isCode && { isCode }) };
}

function gridWords(
  shape: readonly number[] | undefined,
  resolution: readonly number[] | undefined,
): string | undefined {
  const [rows, columns] = shape ?? [];
  const [width, height] = resolution ?? [];
  if (rows === undefined || columns === undefined) return undefined;
  const pixel = width === undefined || height === undefined ? '' : ` of ${width} × ${height} units of the CRS`;
  return `${grouped(columns)} × ${grouped(rows)} pixels${pixel}`;
}

function filesWords(files: readonly RunFile[]): string {
  return `${count(files.length, 'file')}, ${bytes(files.reduce((sum, file) => sum + file.bytes, 0))}`;
}
