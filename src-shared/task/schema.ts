import { z } from 'zod';
import { Analysis, analysisInputs } from './analyses.ts';
import { CrsCode, Line } from './fields.ts';
import { Inputs, inputKey } from './inputs.ts';
import { normaliseOutputDir } from './output-dir.ts';

const Outputs = z.strictObject({
  make_quicklook: z.boolean().default(true).describe('Draw quicklook figures'),
  make_report: z.boolean().default(true).describe('Write report.md and report.html'),
  make_metadata_json: z
    .literal(true, 'metadata.json is the evidence of the run and is always written: remove this line or set it to true')
    .default(true)
    .describe('metadata.json is always written'),
});

export const Limits = z.strictObject({
  timeout_sec: z
    .int()
    .min(0)
    .max(604_800)
    .optional()
    .describe('Wall-clock limit in seconds; 0: the smallest cap holds'),
  max_items: z.int().min(1).max(10_000).default(1_000).describe('Items that may be read'),
  max_read_bytes: z.int().min(1).default(2_000_000_000).describe('Bytes that may be read from sources'),
  max_pixels: z.int().min(1).default(2_000_000_000).describe('Source pixels that may be decoded'),
  max_output_bytes: z.int().min(1).default(2_000_000_000).describe('Bytes that may be written'),
  memory_mb: z.int().min(256).max(1_048_576).default(2_048).describe('Memory of the worker in MiB'),
});
export type Limits = z.infer<typeof Limits>;

const Resources = z.strictObject({
  cpus: z.number().positive().max(1_024).optional().describe('CPU cores'),
  memory_gb: z.number().positive().max(24_576).optional().describe('Memory in GiB'),
  gpus: z.int().min(0).max(64).optional(),
  gpu_type: Line.optional().describe('Accelerator name, for example A100'),
  num_nodes: z.int().min(1).max(64).default(1),
  use_spot: z.boolean().default(false),
});

const resolution = z.number().positive();
export const GridSpec = z.strictObject({
  crs: CrsCode.describe('Coordinate reference system of the grid'),
  resolution: z.union([resolution, z.tuple([resolution, resolution])]).describe('Pixel size in units of the CRS'),
  bbox: z
    .tuple([z.number(), z.number(), z.number(), z.number()])
    .refine(([minX, minY, maxX, maxY]) => minX < maxX && minY < maxY, 'must be [min x, min y, max x, max y]')
    .optional()
    .describe('Extent in units of the CRS; snapped outward to multiples of the resolution'),
});

/** Geographic CRSs that a task can name for sure; for others the worker knows. */
const geographic = ['EPSG:4326', 'EPSG:4269', 'EPSG:4258', 'OGC:CRS84'];
/** No pixel of an analysis is this many degrees wide; who writes so thinks of metres. */
const maxDegrees = 10;

export type GridSpec = z.infer<typeof GridSpec>;

const Secrets = z.record(
  z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must look like AN_ENVIRONMENT_NAME'),
  z.strictObject({ secret: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'must be the name of a stored secret') }),
);

/** A task, version 1. The only validator: form, editor, CLI, engine and worker all call it (through `readTask`). */
export const Task = z
  .strictObject({
    version: z.literal(1).default(1),
    task_name: Line.max(120).describe('What this task is called'),
    output_dir: z
      .string()
      .refine(
        (path) => normaliseOutputDir(path) !== null,
        'must be a folder under /data/outputs/jobs/, without "..", for example /data/outputs/jobs/my_task',
      )
      .describe('Where outputs belong in the portable layout; the real folder is one per run'),
    inputs: Inputs,
    analysis: Analysis,
    outputs: Outputs,
    limits: Limits.prefault({}),
    backend: z.enum(['auto', 'process', 'docker', 'kubernetes', 'skypilot']).default('auto'),
    mode: z.enum(['job', 'cluster']).default('job'),
    cluster_name: z
      .string()
      .regex(
        /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
        'must be lower-case letters, digits and dashes, beginning with a letter',
      )
      .optional(),
    resources: Resources.prefault({}),
    grid: GridSpec.optional().describe('Target grid; taken from the first item when left out'),
    secrets: Secrets.optional().describe('Environment names and the stored secrets they stand for'),
  })
  .superRefine((task, context) => {
    const kind = inputKey(task.inputs);
    const readable: readonly string[] = analysisInputs[task.analysis.type];
    if (kind !== undefined && !readable.includes(kind))
      context.addIssue({
        code: 'custom',
        path: ['inputs', kind],
        message: `${task.analysis.type} does not read "${kind}" inputs; it reads ${readable.join(', ')}`,
      });
    const { grid } = task;
    if (
      grid !== undefined &&
      geographic.includes(grid.crs) &&
      [grid.resolution].flat().some((size) => size > maxDegrees)
    )
      context.addIssue({
        code: 'custom',
        path: ['grid', 'resolution'],
        message: `is in degrees for ${grid.crs}, and more than ${maxDegrees}: write it in degrees (30 m is about 0.00027) or choose a CRS in metres`,
      });
    if (task.analysis.type === 'service' && task.backend === 'process')
      context.addIssue({
        code: 'custom',
        path: ['backend'],
        message: 'a service never runs on the host: choose a container back end',
      });
    if (task.mode === 'cluster' && task.backend !== 'skypilot' && task.backend !== 'auto')
      context.addIssue({ code: 'custom', path: ['mode'], message: 'cluster mode needs backend: skypilot' });
    if (task.cluster_name !== undefined && task.mode !== 'cluster')
      context.addIssue({ code: 'custom', path: ['cluster_name'], message: 'needs mode: cluster' });
  })
  .meta({ id: 'task', title: 'Transect task' });
export type Task = z.infer<typeof Task>;
