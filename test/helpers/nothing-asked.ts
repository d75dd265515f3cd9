import type { IsolationAsked } from '../../src-shared/isolation.ts';

/** A worker as an ordinary process: no wall was asked for. */
export const nothingAsked: IsolationAsked = {
  kind: 'process',
  sandbox: 'none',
  uid: null,
  unprivileged: false,
  systemCalls: 'all',
  minimalEnvironment: false,
  filesRead: 'user',
  filesWritten: 'user',
  network: 'host',
  hosts: [],
  memoryBytes: null,
  memoryOf: null,
  cpus: null,
  processes: null,
  diskBytes: null,
};
