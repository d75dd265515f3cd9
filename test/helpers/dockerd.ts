import Docker from 'dockerode';

/** The socket of the tests' own dockerd, as DOCKER_HOST has it; null where there is none. */
export const dockerHost = process.env['TRANSECT_TEST_DOCKER_HOST'] ?? null;

/** Where containers of that dockerd reach servers of a test, which then have to listen on all addresses of this machine. */
export const hostAddress = process.env['TRANSECT_TEST_HOST_ADDRESS'] ?? '127.0.0.1';

/** Whether there is a dockerd for tests; says so when there is none. For `describe.skipIf(!hasDockerd())`. */
export function hasDockerd(): boolean {
  if (dockerHost === null)
    console.warn('skipped: no dockerd for tests (npm test starts one; by hand: node scripts/test/dockerd.mjs COMMAND)');
  return dockerHost !== null;
}

/** A client of the tests' dockerd, or of another one's socket. */
export function dockerClient(host = dockerHost): Docker {
  if (host === null) throw new Error('there is no dockerd for tests');
  return new Docker({ socketPath: host.replace('unix://', '') });
}
