import type { Candidate } from '../../../src-shared/money/price.ts';

/** Machines in words: `2 × m6i.large, 2 CPUs, 8 GB each`; the label of the quote where no machine is named. */
export function machineWords({ label, instance, nodes, cpus, memoryGb, gpus }: Candidate): string {
  if (instance === null) return label;
  const parts = [
    ...(cpus === null ? [] : [`${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`]),
    ...(memoryGb === null ? [] : [`${memoryGb} GB`]),
    ...(gpus === null ? [] : [gpus]),
  ];
  const size = parts.length === 0 ? '' : `, ${parts.join(', ')}${nodes === 1 ? '' : ' each'}`;
  return `${nodes === 1 ? '' : `${nodes} × `}${instance}${size}`;
}
