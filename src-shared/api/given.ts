import { z } from 'zod';
import { BackendId } from '../job.ts';
import { yamlLimits } from '../task/yaml.ts';
import { TaskId } from './library.ts';

export const taskText = z.string().max(yamlLimits.bytes, 'The task is larger than 64 KiB.');

/** A task as it is submitted, planned or priced. */
export const given = z.strictObject({
  text: taskText,
  baseDir: z.string().optional().describe('Folder of the task file: local inputs are relative to it'),
  grants: z.array(z.string()).max(100).default([]).describe('Further folders that local inputs may be read from'),
  from: TaskId.optional().describe('The document this text belongs to: gives the folder and the grants'),
  backend: BackendId.optional().describe('Overrides the task’s back end'),
  offline: z.boolean().default(false),
  candidate: z
    .string()
    .max(200)
    .optional()
    .describe('The machines to rent, by their id in an offer; the cheapest when left out'),
});
