import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { DataRoot } from './data-root.ts';

/** `engine.json`, readable by this user only: where the engine of a data root listens, and the agents' token. */
export const Endpoint = z.strictObject({
  v: z.literal(1),
  pid: z.int().positive(),
  version: z.string(),
  socket: z.string(),
  agentToken: z.string().min(32),
});
export type Endpoint = z.infer<typeof Endpoint>;

/** The endpoint that was last written, or null. It says nothing about whether that engine is alive. */
export function readEndpoint(root: DataRoot): Endpoint | null {
  try {
    return Endpoint.parse(JSON.parse(readFileSync(root.endpointFile, 'utf8')));
  } catch {
    return null;
  }
}
