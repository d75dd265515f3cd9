import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../src-shared/errors.ts';

export interface WorkerArguments {
  readonly task: string;
  /** The run's folder; not needed for a plan. */
  readonly out: string | null;
  readonly inputs: string | null;
  readonly offline: boolean;
  readonly plan: boolean;
  readonly jobId: string | null;
  /** Where what is read from servers is kept, where earlier runs have kept it, and how much may be added; null: nowhere. */
  readonly cache: { readonly folder: string; readonly shared: string | null; readonly maxNewBytes: number } | null;
  /** Supervise a service that the engine runs, through this folder. */
  readonly service: string | null;
}

const usage =
  'worker --task FILE --out DIR [--offline] [--inputs FILE] [--plan] [--job-id ID] [--cache DIR [--cache-from DIR] [--cache-bytes N]] [--service DIR]';

/** What a run may add to a cache unless it is told otherwise. */
const defaultCacheBytes = 2_000_000_000;

/** Reads the command line and the environment. @throws AppError `invalid_task` with the usage */
export function readArguments(argv: readonly string[], env: NodeJS.ProcessEnv): WorkerArguments {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    task: text,
    out: text,
    inputs: text,
    'job-id': text,
    service: text,
    cache: text,
    'cache-from': text,
    'cache-bytes': text,
    offline: flag,
    plan: flag,
  };
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true });
    if (values.task === undefined) throw new TypeError('--task is missing');
    if (values.out === undefined && !values.plan) throw new TypeError('--out is missing');
    return {
      task: values.task,
      out: values.out ?? null,
      inputs: values.inputs ?? null,
      offline: values.offline || isOn(env['TRANSECT_WORKER_OFFLINE']) || isOn(env['SCIENCECLAW_WORKER_OFFLINE']),
      plan: values.plan,
      cache:
        values.cache === undefined
          ? null
          : {
              folder: resolve(values.cache),
              shared: values['cache-from'] === undefined ? null : resolve(values['cache-from']),
              maxNewBytes: byteCount(values['cache-bytes']),
            },
      service: values.service ?? null,
      jobId: values['job-id'] ?? env['TRANSECT_JOB_ID'] ?? null,
    };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new AppError('invalid_task', cause.message, { remedy: `Usage: ${usage}`, cause });
  }
}

/** @throws TypeError for what is no number of bytes */
function byteCount(text = String(defaultCacheBytes)): number {
  if (!/^\d{1,15}$/.test(text)) throw new TypeError('--cache-bytes is not a number of bytes');
  return Number(text);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
}
