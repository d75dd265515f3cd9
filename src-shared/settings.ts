import { z } from 'zod';
import { nearest } from './task/suggest.ts';

/** One setting: how it is read, its default, and the environment names that set it (the first wins; others are aliases). */
interface SettingSpec<S extends z.ZodType> {
  readonly schema: S;
  readonly fallback: z.infer<S>;
  readonly env: readonly string[];
  /** Dotted place in `transect.yaml` and in the app's settings file. */
  readonly key: string;
  readonly why: string;
}

function setting<S extends z.ZodType>(
  key: string,
  schema: S,
  fallback: z.infer<S>,
  env: readonly string[],
  why: string,
): SettingSpec<S> {
  return { key, schema, fallback, env, why };
}

const seconds = z.int().nonnegative().max(604_800);
const usd = z.number().nonnegative().max(1_000_000);

const rates = z.record(
  z.string().regex(/^[A-Z]{3}$/, 'must be a currency such as EUR'),
  z.number().positive().max(1_000),
);
/** Exchange rates as data, or as one text: `EUR=1.25,GBP=1.4`. */
const UsdPer = z.union([
  rates,
  z
    .string()
    .regex(/^\s*[A-Z]{3}=\d+(\.\d+)?\s*(,\s*[A-Z]{3}=\d+(\.\d+)?\s*)*$/, 'must be like EUR=1.25,GBP=1.4')
    .transform((text) => text.split(',').map((pair) => pair.trim().split('=')))
    .refine((pairs) => new Set(pairs.map(([currency]) => currency)).size === pairs.length, 'names a currency twice')
    .transform((pairs) => Object.fromEntries(pairs.map(([currency = '', rate]) => [currency, Number(rate)])))
    .pipe(rates),
]);

/** Every tunable of Transect. `null` defaults leave the choice to the provider. */
export const settingSpecs = {
  commit_threshold_usd: setting(
    'compute.commit_threshold_usd',
    usd,
    5,
    ['TRANSECT_COMMIT_THRESHOLD_USD', 'TRANSECT_COMPUTE_COMMIT_THRESHOLD_USD', 'SCIAGENT_COMPUTE_COMMIT_THRESHOLD_USD'],
    'Above this bound a person approves in the dialog',
  ),
  cap_job_usd: setting(
    'compute.cap_job_usd',
    usd,
    25,
    ['TRANSECT_CAP_JOB_USD'],
    'The most that one job may cost, USD; also what bounds a task with timeout_sec: 0',
  ),
  cap_day_usd: setting(
    'compute.cap_day_usd',
    usd,
    50,
    ['TRANSECT_CAP_DAY_USD'],
    'The most that may be spent and promised on one day (UTC), USD',
  ),
  cap_workspace_usd: setting(
    'compute.cap_workspace_usd',
    usd,
    200,
    ['TRANSECT_CAP_WORKSPACE_USD'],
    'The most that this workspace may ever spend, USD; raise it to go on',
  ),
  usd_per: setting(
    'compute.usd_per',
    UsdPer,
    {},
    ['TRANSECT_USD_PER'],
    'USD for one unit of another currency in which prices are quoted, with a margin: {EUR: 1.25}, or EUR=1.25 in the environment',
  ),
  requester_pays_usd_per_gb: setting(
    'compute.requester_pays_usd_per_gb',
    z.number().nonnegative().max(1_000),
    0.25,
    ['TRANSECT_REQUESTER_PAYS_USD_PER_GB'],
    'What a GB read from buckets whose reader pays is taken to cost, USD; above the list prices of the large clouds',
  ),
  stopped_disk_days: setting(
    'compute.stopped_disk_days',
    z.int().nonnegative().max(365),
    30,
    ['TRANSECT_STOPPED_DISK_DAYS'],
    'For how many days the disk of a stopped cluster is counted in its bound; after them it is shown as overdue',
  ),
  supervise_seconds: setting(
    'engine.supervise_seconds',
    z.int().min(1).max(600),
    30,
    ['TRANSECT_SUPERVISE_SECONDS'],
    'How often the engine looks at what costs money, seconds',
  ),
  workspace_store: setting(
    'workspace.store',
    z.enum(['auto', 's3', 'gs', 'az', 'r2', 'oci']),
    'auto',
    ['TRANSECT_WORKSPACE_STORE', 'SCIAGENT_WORKSPACE_STORE'],
    'Object store of the workspace bucket',
  ),
  default_autostop_minutes: setting(
    'compute.default_autostop_minutes',
    z.int().nonnegative().max(10_080).nullable(),
    null,
    ['TRANSECT_DEFAULT_AUTOSTOP_MINUTES', 'SCIAGENT_DEFAULT_AUTOSTOP_MINUTES'],
    'Idle minutes after which a cluster stops',
  ),
  default_timeout_sec: setting(
    'compute.default_timeout_sec',
    seconds,
    3_600,
    ['TRANSECT_DEFAULT_TIMEOUT_SEC', 'SCIAGENT_DEFAULT_TIMEOUT_SEC'],
    'Wall-clock limit of a task that names none, seconds',
  ),
  subagent_warm_resume_seconds: setting(
    'subagent.warm_resume_seconds',
    seconds.nullable(),
    null,
    ['TRANSECT_SUBAGENT_WARM_RESUME_SECONDS', 'SCIAGENT_SUBAGENT_WARM_RESUME_SECONDS'],
    'How long a warm cluster is offered for exec, seconds',
  ),
  max_local_jobs: setting(
    'local.max_jobs',
    z.int().min(1).max(256).nullable(),
    null,
    ['TRANSECT_MAX_LOCAL_JOBS'],
    'Local jobs that run at once; cores - 1 when left out',
  ),
  max_queued_jobs: setting(
    'local.max_queued',
    z.int().min(1).max(10_000),
    1_000,
    ['TRANSECT_MAX_QUEUED_JOBS'],
    'Jobs that may wait, for each kind of submitter: the window, a person’s programs, agents',
  ),
  min_free_gb: setting(
    'local.min_free_gb',
    z.number().nonnegative().max(1_000_000).nullable(),
    null,
    ['TRANSECT_MIN_FREE_GB'],
    'Space of the disk that is kept free, GB; below it nothing is started. 1 GB, or 5 % of a small disk, when left out',
  ),
  read_cache_gb: setting(
    'local.read_cache_gb',
    z.number().nonnegative().max(1_000_000),
    5,
    ['TRANSECT_READ_CACHE_GB'],
    'Space for what runs have read from servers, so that it need not be fetched again, GB; 0 keeps nothing',
  ),
  local_max_memory_gb: setting(
    'local.max_memory_gb',
    z.number().positive(),
    16,
    ['TRANSECT_LOCAL_MAX_MEMORY_GB'],
    'A task that needs more memory does not run on this machine, GiB',
  ),
  local_max_cpus: setting(
    'local.max_cpus',
    z.number().positive(),
    8,
    ['TRANSECT_LOCAL_MAX_CPUS'],
    'A task that needs more processors does not run on this machine',
  ),
  heartbeat_seconds: setting(
    'local.heartbeat_seconds',
    z.int().min(5).max(86_400),
    120,
    ['TRANSECT_HEARTBEAT_SECONDS'],
    'Seconds without a sign of life after which a run is given up as lost',
  ),
  max_run_files: setting(
    'local.max_run_files',
    z.int().min(100).max(1_000_000),
    20_000,
    ['TRANSECT_MAX_RUN_FILES'],
    'Files that one run may write',
  ),
  without_docker: setting(
    'local.without_docker',
    z.enum(['ask', 'process', 'refuse']),
    'ask',
    ['TRANSECT_WITHOUT_DOCKER'],
    'What backend: auto does where Docker is missing',
  ),
  idle_exit_seconds: setting(
    'engine.idle_exit_seconds',
    z.int().min(1),
    60,
    ['TRANSECT_IDLE_EXIT_SECONDS'],
    'Seconds without client and job after which the engine ends',
  ),
} as const;

/** What guards money: while one of these is malformed, nothing that costs is launched. */
export const moneySettings = [
  'commit_threshold_usd',
  'cap_job_usd',
  'cap_day_usd',
  'cap_workspace_usd',
  'usd_per',
  'requester_pays_usd_per_gb',
  'stopped_disk_days',
  'default_timeout_sec',
  'default_autostop_minutes',
] as const satisfies readonly (keyof typeof settingSpecs)[];

export type SettingName = keyof typeof settingSpecs;
export type Settings = { readonly [K in SettingName]: z.infer<(typeof settingSpecs)[K]['schema']> };

export const ResolvedSetting = z.strictObject({
  name: z.string(),
  value: z.json(),
  source: z.enum(['environment', 'app settings', 'workspace', 'built-in']),
  from: z.string(),
  why: z.string(),
});
export type ResolvedSetting = z.infer<typeof ResolvedSetting>;

export const SettingProblem = z.strictObject({ name: z.string(), from: z.string(), message: z.string() });
export type SettingProblem = z.infer<typeof SettingProblem>;

export interface SettingSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The app's own settings file, as data. */
  readonly app: unknown;
  /** The workspace's `transect.yaml`, as data. */
  readonly workspace: unknown;
}

export interface SettingsView {
  readonly values: Settings;
  readonly resolved: readonly ResolvedSetting[];
  /** Malformed values. They are not used, and the next source holds; what guards money refuses to run while one stands. */
  readonly problems: readonly SettingProblem[];
}

/** Resolves every setting: environment > app settings > workspace > built-in. Pure. */
export function resolveSettings(sources: SettingSources): SettingsView {
  const resolved: ResolvedSetting[] = [];
  const problems: SettingProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(settingSpecs)) {
    const candidates: { source: ResolvedSetting['source']; from: string; raw: unknown }[] = [
      ...spec.env.map((variable) => ({
        source: 'environment' as const,
        from: variable,
        raw: fromText(sources.env[variable]),
      })),
      { source: 'app settings', from: spec.key, raw: at(sources.app, spec.key) },
      { source: 'workspace', from: `transect.yaml ${spec.key}`, raw: at(sources.workspace, spec.key) },
      { source: 'built-in', from: 'default', raw: spec.fallback },
    ];
    for (const { source, from, raw } of candidates) {
      if (raw === undefined) continue;
      const parsed = spec.schema.safeParse(raw);
      if (!parsed.success) {
        problems.push({
          name,
          from,
          message: `${JSON.stringify(raw)} is not a valid ${name}: ${parsed.error.issues[0]?.message ?? ''}`,
        });
        continue;
      }
      values[name] = parsed.data;
      resolved.push({ name, value: parsed.data, source, from, why: spec.why });
      break;
    }
  }
  problems.push(...unknownKeys(sources.app, 'app settings'), ...unknownKeys(sources.workspace, 'transect.yaml'));
  return { values: values as Settings, resolved, problems };
}

/**
 * Whether something that guards money can't be relied on. `*`: a file that can't be read may hold anything. A key that is no setting may
 * have been meant for one that guards money.
 */
export function touchesMoney({ name }: SettingProblem): boolean {
  if (name === '*' || (moneySettings as readonly string[]).includes(name)) return true;
  if (Object.hasOwn(settingSpecs, name)) return false;
  const steps = name.toLowerCase().split('.');
  const keys = moneySettings.map((guard) => settingSpecs[guard].key);
  const leaves = keys.map((key) => key.slice(key.indexOf('.') + 1));
  const meant = [nearest(name, keys), nearest(steps.at(-1) ?? '', leaves), nearest(steps[0] ?? '', ['compute'])];
  return meant.some((guess) => guess !== undefined);
}

/** Environment variables are text: a number is read as one, an empty text counts as unset. */
function fromText(text: string | undefined): unknown {
  if (text === undefined || text.trim() === '') return undefined;
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text.trim();
}

function at(data: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (inner, step) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
          ? (inner as Record<string, unknown>)[step]
          : undefined,
      data,
    );
}

/** A misspelt setting would be ignored in silence; one that guards money must not be. */
function unknownKeys(data: unknown, from: string): SettingProblem[] {
  if (typeof data !== 'object' || data === null) return [];
  const known = Object.values(settingSpecs).map(({ key }) => key);
  const isSetting = ([section, name]: readonly string[]) =>
    (section === 'name' && name === undefined) ||
    known.some((key) => key.split('.')[0] === section && key.split('.')[1] === name);
  return Object.entries(data)
    .flatMap(([section, value]: [string, unknown]) => {
      // A section whose lines are all comments.
      if (value === null && known.some((key) => key.startsWith(`${section}.`))) return [];
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.keys(value).map((name) => [section, name])
        : [[section]];
    })
    .filter((path) => !isSetting(path))
    .map((path) => {
      const key = path.join('.');
      // `compute.cap_day_usd: 5` in one line looks like the setting and is not read.
      const meant = known.includes(key) ? key.replace('.', ': {') + '}' : nearest(key, known);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return { name: key, from, message: `${key} is no setting${hint}` };
    });
}
