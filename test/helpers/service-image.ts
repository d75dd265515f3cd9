import type Docker from 'dockerode';
import { readFileSync } from 'node:fs';
import { pack } from 'tar-stream';

/** One for each file of tests: two at once must not give one name to two images. */
export const serviceImage = `transect-test-service:${process.pid}`;

/**
 * Gives a container engine a real image that knows nothing of Transect: Debian's static busybox, a working folder with a file in
 * it, a declared volume, an entrypoint and a user that must not count.
 */
export async function loadServiceImage(docker: Docker): Promise<string> {
  const there = await docker.listImages({ filters: { reference: [serviceImage] } });
  if (there.length > 0) return serviceImage;
  const archive = pack();
  archive.entry({ name: 'bin/sh', mode: 0o755 }, readFileSync('/bin/busybox'));
  archive.entry({ name: 'bin/busybox', mode: 0o755, type: 'link', linkname: 'bin/sh' });
  archive.entry({ name: 'workspace', type: 'directory', mode: 0o755 });
  archive.entry({ name: 'workspace/of-the-image', mode: 0o644 }, 'hidden by the empty working folder');
  archive.entry({ name: 'data', type: 'directory', mode: 0o755 });
  archive.entry({ name: 'etc/passwd', mode: 0o644 }, 'root:x:0:0:root:/:/bin/sh\n');
  archive.finalize();
  const [repo, tag] = serviceImage.split(':');
  const answer = await docker.importImage(archive as unknown as NodeJS.ReadableStream, {
    repo,
    tag,
    changes: ['ENTRYPOINT ["/bin/false"]', 'VOLUME /data', 'USER root', 'ENV OF_THE_IMAGE=yes'],
  });
  await new Promise((done) => answer.on('end', done).resume());
  return serviceImage;
}

/** A task that runs a script in that image. `more` are further lines of the task. */
export function serviceTask(script: string, more = '', inputs = 'folder: case'): string {
  return `task_name: a service
output_dir: /data/outputs/jobs/service
inputs:
  ${inputs}
analysis:
  type: service
  image: ${serviceImage}
  argv: ${JSON.stringify(['/bin/sh', '-c', script])}
outputs: {}
backend: docker
${more}`;
}
