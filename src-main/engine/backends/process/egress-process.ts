import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerFiles } from '../../../../src-shared/worker-protocol.ts';
import type { JobId } from '../../../../src-shared/job-id.ts';
import type { LaunchSpec } from '../backend.ts';
import type { ProcessHost } from './host.ts';
import { proxiesOf } from './process-table.ts';
import type { RunPlace } from './run-place.ts';

const heapMb = 128;
/** How long a proxy that was asked to end may take to write down what passed. */
const graceMs = 3_000;
const pollMs = 20;

/** What reaches the proxy from the engine's environment: the proxy of the network, if there is one, and its certificates. */
const passed = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
const certificates = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

/**
 * Starts the run's only way out: a process of its own that outlives the engine, and ends when its run is over. The worker
 * waits for it. Must be called before the worker is started, or nobody would end it.
 */
export function startProxy(spec: LaunchSpec, host: ProcessHost, place: RunPlace): void {
  const output = openSync(join(spec.records, 'egress.log'), 'a', 0o600);
  try {
    const child = spawn(
      host.node,
      [
        `--max-old-space-size=${heapMb}`,
        host.worker,
        ...['--egress', place.policy, '--socket', place.socket, '--egress-of', spec.jobId],
        ...['--events', join(spec.records, 'egress.ndjson'), '--status', join(spec.folder, workerFiles.status)],
      ],
      {
        cwd: spec.records,
        env: {
          ...Object.fromEntries(
            [...passed, ...certificates].flatMap((name) =>
              host.env[name] === undefined ? [] : [[name, host.env[name]]],
            ),
          ),
          PATH: '/usr/bin:/bin',
          LANG: 'C.UTF-8',
          TZ: 'UTC',
        },
        detached: true,
        stdio: ['ignore', output, output],
      },
    );
    // Without it the worker finds no way out, and says so.
    child.on('error', () => undefined);
    child.unref();
  } finally {
    closeSync(output);
  }
}

/** Ends the proxy of a job, whoever started it. Harmless when there is none. */
export async function endProxy(jobId: JobId): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', graceMs],
  ] as const) {
    for (const pid of proxiesOf(jobId))
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended.
      }
    for (const end = performance.now() + waitMs; performance.now() < end; await sleep(pollMs))
      if (proxiesOf(jobId).length === 0) return;
  }
}
