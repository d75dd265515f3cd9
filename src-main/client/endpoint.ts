import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { DataRoot } from './data-root.ts';

/**
 * `engine.json`, readable by this user only: where the engine of a data root listens, and the agents' token. Fields of
 * newer engines are passed over, so that every version can be asked who it is.
 */
export const Endpoint = z.object({
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
