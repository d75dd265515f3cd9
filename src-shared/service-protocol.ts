import { z } from 'zod';
import { ErrorData } from './errors.ts';

/**
 * What passes between the engine, which runs a service's container, and the supervising worker, which writes the run's folder.
 * Everything is a file in a hidden folder of that one, so that either side may die and come back. The service itself sees two
 * folders of it: `work` (where it begins) and `outputs` (`/outputs`).
 */
export const serviceFolder = '.service.tmp';
export const serviceFiles = {
  /** Engine to worker, before anything starts: what is run. */
  order: 'order.json',
  /** Engine to worker, line by line: what the service prints. See `serviceLine`. */
  output: 'output',
  /** Worker to engine: end the service. */
  stop: 'stop.json',
  /** Engine to worker: it has ended, and nothing more will come. */
  ended: 'ended.json',
} as const;
export const serviceFolders = { work: 'work', outputs: 'outputs' } as const;

/** Where a service finds things, whatever its image. */
export const servicePlaces = { inputs: '/inputs', outputs: '/outputs' } as const;

/** Where a run keeps what its service left, and what it printed. */
export const serviceOutputs = 'outputs';
export const serviceLog = 'output.log';

/** Bytes of a service's output that are passed on as they come; of what follows, the last lines are. */
export const serviceOutputBytes = 16 * 1_048_576;

export const ServiceOrder = z.strictObject({
  v: z.literal(1),
  /** Name in the catalogue; null for an image that the task names itself. */
  name: z.string().nullable(),
  image: z.string(),
  /** What really runs: the digest at its registry, or the id of a local image. */
  digest: z.string(),
  /** Whether that was fixed before the run was asked for. */
  pinned: z.boolean(),
  argv: z.array(z.string()),
  workdir: z.string(),
  memoryBytes: z.int().positive(),
  cpus: z.number().positive(),
  network: z.enum(['none', 'proxy']),
});
export type ServiceOrder = z.infer<typeof ServiceOrder>;

export const ServiceEnding = z.strictObject({
  v: z.literal(1),
  /** Null when it never ran. */
  exitCode: z.int().nullable(),
  /** The system ended it because it reached its memory limit. */
  outOfMemory: z.boolean(),
  /** Why it never ran, or why nobody knows how it ended; null when it ended by itself or was ended. */
  error: ErrorData.nullable(),
});
export type ServiceEnding = z.infer<typeof ServiceEnding>;

/** One piece of what a service printed, as the container engine gives it: long lines come in several. */
export interface ServicePiece {
  /** RFC 3339 with nanoseconds. */
  readonly at: string;
  readonly stream: 'out' | 'err';
  /** Whether a line ends with this piece. */
  readonly whole: boolean;
  readonly text: string;
}

const marks = { out: ['O', 'o'], err: ['E', 'e'] } as const;

/** A piece as a line of the file `output`. Its text holds no line end. */
export function serviceLine({ at, stream, whole, text }: ServicePiece): string {
  return `${at} ${marks[stream][whole ? 1 : 0]} ${text}\n`;
}

/** A line of the file `output` as the piece it is; null for what is none. */
export function servicePiece(line: string): ServicePiece | null {
  const match = /^(\S{20,35}) ([oeOE]) ([^]*)$/.exec(line);
  if (match === null) return null;
  const [, at = '', mark = '', text = ''] = match;
  return { at, stream: mark.toLowerCase() === 'o' ? 'out' : 'err', whole: mark === mark.toLowerCase(), text };
}
