import { z } from 'zod';
import { Access, accessProblems } from './access.ts';
import { Analysis, analysisFeatures, analysisInputs } from './analyses.ts';
import { CrsCode, Line } from './fields.ts';
import { Inputs, inputKey } from './inputs.ts';
import { httpAddress, parseBucketAddress } from './object-address.ts';
import { normaliseOutputDir } from './output-dir.ts';
import { remoteHrefs } from './web-sources.ts';

const Outputs = z.strictObject({
  make_quicklook: z.boolean().default(true).meta({ title: 'Quicklook figures', description: 'Draw quicklook figures' }),
  make_report: z.boolean().default(true).meta({ title: 'Report', description: 'Write report.md and report.html' }),
  make_metadata_json: z
    .literal(true, 'metadata.json is the evidence of the run and is always written: remove this line or set it to true')
    .default(true)
    .meta({ title: 'Metadata', description: 'metadata.json is always written' }),
});

export const Limits = z.strictObject({
  timeout_sec: z
    .int()
    .min(0)
    .max(604_800)
    .optional()
    .meta({ title: 'Time limit', unit: 's', description: 'Wall-clock limit in seconds; 0: the smallest cap holds' }),
  max_items: z
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .meta({ title: 'Items', unit: 'items', description: 'Items that may be read' }),
  max_read_bytes: z
    .int()
    .min(1)
    .default(2_000_000_000)
    .meta({ title: 'Read', unit: 'bytes', description: 'Bytes that may be read from sources' }),
  max_pixels: z
    .int()
    .min(1)
    .default(2_000_000_000)
    .meta({ title: 'Pixels', unit: 'pixels', description: 'Source pixels that may be decoded' }),
  max_output_bytes: z
    .int()
    .min(1)
    .default(2_000_000_000)
    .meta({ title: 'Written', unit: 'bytes', description: 'Bytes that may be written' }),
  memory_mb: z
    .int()
    .min(256)
    .max(1_048_576)
    .default(2_048)
    .meta({ title: 'Memory', unit: 'MiB', description: 'Memory of the worker in MiB' }),
});
export type Limits = z.infer<typeof Limits>;

const Resources = z.strictObject({
  cpus: z.number().positive().max(1_024).optional().meta({ title: 'CPUs', unit: 'cores', description: 'CPU cores' }),
  memory_gb: z
    .number()
    .positive()
    .max(24_576)
    .optional()
    .meta({ title: 'Memory', unit: 'GiB', description: 'Memory in GiB' }),
  gpus: z.int().min(0).max(64).optional().meta({ title: 'GPUs', description: 'Accelerators of each node' }),
  gpu_type: Line.optional().meta({ title: 'GPU type', description: 'Accelerator name, for example A100' }),
  num_nodes: z.int().min(1).max(64).default(1).meta({ title: 'Nodes', description: 'Machines that run it together' }),
  use_spot: z
    .boolean()
    .default(false)
    .meta({ title: 'Spot instances', description: 'Cheaper machines that the cloud may take back' }),
});

/** As gdalwarp names them. */
export const resamplingNames = ['nearest', 'bilinear', 'cubic', 'average', 'mode'] as const;
export type Resampling = (typeof resamplingNames)[number];

const resolution = z.number().positive();
export const GridSpec = z.strictObject({
  crs: CrsCode.meta({ title: 'CRS', format: 'crs', description: 'Coordinate reference system of the grid' }),
  resolution: z
    .union([resolution, z.tuple([resolution, resolution])])
    .meta({ title: 'Resolution', unit: 'CRS units', description: 'Pixel size in units of the CRS' }),
  bbox: z
    .tuple([z.number(), z.number(), z.number(), z.number()])
    .refine(([minX, minY, maxX, maxY]) => minX < maxX && minY < maxY, 'must be [min x, min y, max x, max y]')
    .optional()
    .meta({
      title: 'Extent',
      unit: 'CRS units',
      format: 'bbox-crs',
      description: 'Extent in units of the CRS; snapped outward to multiples of the resolution',
    }),
  resampling: z.enum(resamplingNames).default('nearest').meta({
    title: 'Resampling',
    description: 'How source pixels become those of the grid: nearest or mode for classes, the others for measurements',
  }),
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
    version: z.literal(1).default(1).describe('Version of the task format'),
    task_name: Line.max(120).meta({ title: 'Name', description: 'What this task is called' }),
    output_dir: z
      .string()
      .refine(
        (path) => normaliseOutputDir(path) !== null,
        'must be a folder under /data/outputs/jobs/, without "..", for example /data/outputs/jobs/my_task',
      )
      .meta({
        title: 'Output folder',
        description: 'Where outputs belong in the portable layout; the real folder is one per run',
      }),
    inputs: Inputs.describe('What the analysis reads'),
    analysis: Analysis.describe('What is computed'),
    outputs: Outputs.describe('What is written besides maps and tables'),
    limits: Limits.prefault({}).describe('A run that would exceed one is refused or stopped'),
    backend: z
      .enum(['auto', 'process', 'docker', 'kubernetes', 'skypilot'])
      .default('auto')
      .meta({ title: 'Back end', description: 'Where it runs; auto chooses by the resources and says why' }),
    mode: z
      .enum(['job', 'cluster'])
      .default('job')
      .describe('job: one run, then everything is taken down; cluster: machines that stay for more runs'),
    cluster_name: z
      .string()
      .regex(
        /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
        'must be lower-case letters, digits and dashes, beginning with a letter',
      )
      .optional()
      .describe('Name of the cluster, for cluster mode'),
    resources: Resources.prefault({}).describe('What it needs of each machine; decides where it can run'),
    grid: GridSpec.optional().meta({
      title: 'Target grid',
      description:
        'Target grid; when left out, an analysis on one grid takes the commonest CRS and the finest resolution of its rasters',
    }),
    access: Access.optional().meta({
      title: 'Access',
      description: 'How servers and buckets are read; not needed for public data',
    }),
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
    const geometry = analysisFeatures[task.analysis.type];
    const hasFeatures = 'features' in task.inputs && task.inputs.features !== undefined;
    if (geometry !== undefined && !hasFeatures)
      context.addIssue({
        code: 'custom',
        path: ['inputs'],
        message: `${task.analysis.type} needs inputs.features: a GeoJSON file of ${geometry === 'either' ? 'points or polygons' : geometry}`,
      });
    if (geometry === undefined && hasFeatures)
      context.addIssue({
        code: 'custom',
        path: ['inputs', 'features'],
        message: `${task.analysis.type} does not read features; for an area use aoi`,
      });
    if (task.access !== undefined)
      for (const { path, message } of accessProblems(task.access, Object.keys(task.secrets ?? {})))
        context.addIssue({ code: 'custom', path: ['access', path], message });
    const nameless = remoteHrefs(task).find(
      (href) => parseBucketAddress(href) !== null && httpAddress(href, task.access) === null,
    );
    if (nameless !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['inputs'],
        message: `${nameless} names no storage account: set access.account, or write abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/KEY`,
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
