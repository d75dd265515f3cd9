import { z } from 'zod';
import type { ServiceEntry } from '../../src-shared/services.ts';

const Argv = z.array(z.string()).min(1);

/** The program and arguments that the catalogue gives as an example; a version question where it gives none. */
export function exampleArgv({ example, runtime }: ServiceEntry): string[] {
  try {
    const argv = Argv.safeParse(JSON.parse(example ?? 'null'));
    if (argv.success) return argv.data;
  } catch {
    // A line that is no list is one for a shell.
    if (example !== null) return ['bash', '-lc', example];
  }
  return [runtime, '--version'];
}

/** A task that begins with a service's example. It is valid, but for the case folder that only the person can name. */
export function taskTextOf(entry: ServiceEntry): string {
  const { name, description, resources } = entry;
  const argv = exampleArgv(entry).map((word) => `    - ${JSON.stringify(word)}\n`);
  const gpu = resources.gpu_required ? '# It needs a graphics processor.\n' : '';
  return `# ${description.replaceAll(/\s+/g, ' ')}
${gpu}version: 1
task_name: ${JSON.stringify(name)}
# The folder in the portable layout; each run gets one of its own
output_dir: /data/outputs/jobs/${name.replaceAll('.', '_')}
inputs:
  # The case folder: choose it in the form. The service reads it at /inputs and cannot change it
  folder: ""
analysis:
  type: service
  service: ${JSON.stringify(name)}
  # One argument an item. It begins in an empty folder; what it leaves in /outputs is kept
  argv:
${argv.join('')}outputs:
  make_quicklook: true
  make_report: true
  make_metadata_json: true
limits:
  # MiB; ${resources.recommended_memory_gb} GiB are recommended
  memory_mb: ${Math.max(256, Math.round(resources.min_memory_gb * 1_024))}
backend: docker
`;
}
