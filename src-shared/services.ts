import { z } from 'zod';

const Line = z.string().min(1).max(500);

/** One scientific container image of the catalogue (`resources/services.yaml`). */
export const ServiceEntry = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'must be lower-case letters, digits, dots and dashes'),
  description: Line,
  /** Image reference with a tag; what it stands for is pinned per workspace. */
  image: Line,
  license: Line.nullable().default(null),
  runtime: z.enum(['python3', 'bash', 'julia']),
  workdir: z.string().startsWith('/').default('/workspace'),
  packages: z.array(Line).default([]),
  extends: Line.nullable().default(null),
  capabilities: z.array(Line).default([]),
  /** What a call of it looks like, to begin a task with. */
  example: Line.nullable().default(null),
  resources: z
    .strictObject({
      min_memory_gb: z.number().positive().default(4),
      recommended_memory_gb: z.number().positive().default(8),
      min_cpus: z.number().positive().default(2),
      gpu_beneficial: z.boolean().default(false),
      gpu_required: z.boolean().default(false),
    })
    .prefault({}),
  architectures: z.array(z.enum(['linux/amd64', 'linux/arm64'])).default(['linux/amd64', 'linux/arm64']),
});
export type ServiceEntry = z.infer<typeof ServiceEntry>;
