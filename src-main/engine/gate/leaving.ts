import type { DataLeaving } from '../../../src-shared/gate/plan.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { Candidate } from '../../../src-shared/money/price.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { findsSources, needsNetwork, webHosts } from '../../../src-shared/task/web-sources.ts';
import type { LaunchSpec } from '../backends/backend.ts';
import { inputBytes } from './input-state.ts';

interface Run extends Pick<LaunchSpec, 'inputs' | 'offline'> {
  readonly task: Task;
  readonly backend: BackendId;
  readonly candidate: Candidate | null;
}

/** What leaves this machine for a run: nothing but requests where it runs here. */
export function leavingOf({ task, backend, candidate, inputs, offline }: Run): DataLeaving {
  const isHere = backend === 'process' || backend === 'docker';
  const hosts = needsNetwork(task, offline) ? webHosts(task) : [];
  return {
    place: isHere ? null : placeOf(backend, candidate),
    uploads: isHere ? [] : inputs.map(({ name, path }) => ({ name, bytes: inputBytes(path) })),
    secrets: isHere ? [] : Object.keys(task.secrets ?? {}).sort(),
    hosts:
      needsNetwork(task, offline) && findsSources(task)
        ? [...hosts, 'public servers that its catalogue refers to']
        : hosts,
  };
}

function placeOf(backend: BackendId, candidate: Candidate | null): string {
  if (candidate === null) return backend === 'kubernetes' ? 'the cluster' : 'the cloud';
  return candidate.region === null ? candidate.provider : `${candidate.provider}, ${candidate.region}`;
}
