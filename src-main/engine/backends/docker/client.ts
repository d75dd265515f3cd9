import Docker from 'dockerode';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../../src-shared/errors.ts';
import { given } from '../../../client/environment.ts';

/**
 * A client of the container engine at an address. Nothing is asked yet.
 * @throws AppError `backend_unavailable` for an address that cannot be used
 */
export function dockerClient(address: string, env: NodeJS.ProcessEnv): Docker {
  // An empty host keeps the library from reading DOCKER_HOST itself.
  if (address.startsWith('unix://')) return new Docker({ socketPath: address.slice('unix://'.length), host: '' });
  if (address.startsWith('npipe://')) return new Docker({ socketPath: address.slice('npipe://'.length), host: '' });
  const url = URL.parse(address);
  if (url === null || !['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '')
    throw new AppError('backend_unavailable', `The container engine’s address ${address} cannot be used.`, {
      remedy: address.startsWith('ssh://')
        ? 'A container engine behind ssh does not see the files of this machine: use one of this machine.'
        : 'Set DOCKER_HOST to unix:///path/to/docker.sock, or unset it.',
      retryable: false,
    });
  const certificates = given(env, 'DOCKER_CERT_PATH');
  const secure = url.protocol === 'https:' || given(env, 'DOCKER_TLS_VERIFY') !== undefined || url.port === '2376';
  const read = (name: string) => (certificates === undefined ? undefined : readFileSync(join(certificates, name)));
  return new Docker({
    host: url.hostname,
    port: url.port === '' ? (secure ? 2376 : 2375) : Number(url.port),
    protocol: secure ? 'https' : 'http',
    ...(secure && { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }),
  });
}
