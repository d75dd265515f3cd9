import { z } from 'zod';
import { Task } from './schema.ts';

/** The task schema as JSON Schema (2020-12), for editors: what a person may write, before defaults are filled in. */
export function taskJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(Task, { io: 'input' });
}
