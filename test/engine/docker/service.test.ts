import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Connection } from '../../../src-main/client/connect.ts';
import type { DataRoot } from '../../../src-main/client/data-root.ts';
import { allOf } from '../../helpers/all-of.ts';
import { submitApproved } from '../../helpers/approve.ts';
import { containersOf, startDockerEngine } from '../../helpers/docker-engine.ts';
import { dockerClient, hasDockerd, hostAddress } from '../../helpers/dockerd.ts';
import { endProcess, until, untilEnded, whenReady, workspace } from '../../helpers/programs.ts';
import { loadServiceImage, serviceImage, serviceTask } from '../../helpers/service-image.ts';
import { tempFolder } from '../../helpers/temp.ts';

/** The first run of all may have to build the worker image. */
const longMs = 240_000;

/** An engine with Docker, and a case folder. */
async function bench(env: Record<string, string> = {}) {
  const root = workspace();
  startDockerEngine(root, env);
  const connection = await whenReady(root);
  const baseDir = tempFolder();
  mkdirSync(join(baseDir, 'case/deep'), { recursive: true });
  writeFileSync(join(baseDir, 'case/a.txt'), 'input a\n');
  writeFileSync(join(baseDir, 'case/deep/b.txt'), 'input b\n');
  mkdirSync(join(baseDir, 'case/.git'));
  for (const hidden of ['.git/config', 'deep/.env'])
    writeFileSync(join(baseDir, 'case', hidden), 'of nobody’s concern\n');
  return { root, connection, baseDir };
}

async function submit(connection: Connection, baseDir: string, text: string) {
  return submitApproved(connection, { text, baseDir });
}

const readIn = (root: DataRoot, job: { folder: string }, name: string) =>
  readFileSync(join(root.path, job.folder, name), 'utf8');

/** Whether the service has printed this, as logs.txt shows it live. */
const hasSaid = (root: DataRoot, job: { folder: string }, text: string) => {
  const logs = join(root.path, job.folder, 'logs.txt');
  return existsSync(logs) && readFileSync(logs, 'utf8').includes(text);
};

async function nothingIsLeft(root: DataRoot, job: { folder: string }) {
  await until('containers to be removed', 30_000, async () => (await containersOf(root)).length === 0);
  expect(readdirSync(join(root.path, job.folder)).filter((name) => name.startsWith('.'))).toEqual([]);
}

describe.skipIf(!hasDockerd())('a service in a container', { timeout: longMs }, () => {
  beforeAll(async () => {
    await loadServiceImage(dockerClient());
  }, longMs);

  it('runs its argv on a case folder, and its outputs are those of the run', async () => {
    const { root, connection, baseDir } = await bench();
    const script = [
      'cat /inputs/a.txt /inputs/deep/b.txt /inputs/deep/.env; ls -A /inputs/.git; cat /inputs/.git/config',
      'pwd; ls -A | wc -l; id -u; echo "$OF_THE_IMAGE $HOME $TRANSECT_OUTPUTS"; echo to the other stream >&2',
      'for place in /inputs /bin / /etc; do touch $place/x 2>/dev/null && echo "WROTE $place"; done',
      'touch /data/x /tmp/x work && echo could write where it may',
      'grep -E "CapEff|NoNewPrivs|Seccomp:" /proc/self/status; cat /proc/net/dev | wc -l',
      'mkdir -p /outputs/maps /outputs/case/1 /outputs/tables && echo "a,b" > /outputs/tables/t.csv',
      'echo field > /outputs/case/1/U; echo "{}" > /outputs/maps/m.geojson; echo odd > /outputs/maps/readme.txt',
      'ln -s /etc/passwd /outputs/link; mkfifo /outputs/pipe; echo x > "/outputs/odd:name"; echo h > /outputs/.hidden',
    ].join('\n');
    const job = await submit(connection, baseDir, serviceTask(script));
    const { state, validity, result } = await untilEnded(connection, job.id, longMs);
    expect({ state, validity, error: result?.error }).toEqual({ state: 'succeeded', validity: ['computed'] });
    expect(result).toMatchObject({ backend: 'docker', exitCode: 0 });
    expect(result?.imageDigest).toBe((await dockerClient().getImage(serviceImage).inspect()).Id);
    // Nothing in a foreign image measures its walls: the record says what was asked for only.
    expect(result?.isolation).toMatchObject({
      kind: 'container',
      probe: null,
      asked: { network: 'none', unprivileged: true },
    });
    expect(result?.outputs.map(({ path }) => path)).toEqual([
      'item.json',
      'maps/m.geojson',
      'metadata.json',
      'output.log',
      'outputs/case/1/U',
      'outputs/maps/readme.txt',
      'report.html',
      'report.md',
      'tables/t.csv',
      'task.yaml',
    ]);
    const output = readIn(root, job, 'output.log').split('\n');
    expect(output).toEqual(expect.arrayContaining(['input a', 'input b', '/workspace', '0', 'to the other stream']));
    expect(output).toEqual(
      expect.arrayContaining(['yes /workspace /outputs', 'could write where it may', 'NoNewPrivs:\t1']),
    );
    expect(output).toEqual(expect.arrayContaining(['CapEff:\t0000000000000000', 'Seccomp:\t2']));
    expect(output.join('\n')).not.toContain('WROTE');
    expect(output.join('\n')).not.toContain('of nobody');
    expect(output.slice(output.indexOf('0') + 1)[0]).not.toBe('0');
    for (const line of ['input a', 'to the other stream']) expect(hasSaid(root, job, line)).toBe(true);

    const metadata = JSON.parse(readIn(root, job, 'metadata.json')) as Record<string, unknown>;
    expect(metadata['service']).toMatchObject({
      image: serviceImage,
      pinned: false,
      workdir: '/workspace',
      name: null,
    });
    const warnings = (metadata['warnings'] as string[]).join('\n');
    for (const left of [
      'was not pinned',
      'link (a link)',
      'pipe (neither',
      'odd:name (an odd name)',
      '.hidden (an odd',
    ])
      expect(warnings).toContain(left);
    expect(readIn(root, job, 'report.md')).toContain(serviceImage);
    await nothingIsLeft(root, job);
  });

  it('that fails is a failed run, with its output kept and its last words told', async () => {
    const { root, connection, baseDir } = await bench();
    const script = 'echo kept > /outputs/partial.txt; echo solver diverged at step 7; exit 3';
    const job = await submit(connection, baseDir, serviceTask(script));
    const { state, validity, result } = await untilEnded(connection, job.id, longMs);
    expect({ state, validity }).toEqual({ state: 'failed', validity: [] });
    expect(result?.error).toMatchObject({
      code: 'job_failed',
      message: 'The service ended with exit code 3. It last said: solver diverged at step 7',
      details: { exitCode: 3, image: serviceImage },
    });
    expect(readIn(root, job, 'output.log')).toBe('solver diverged at step 7\n');
    expect(readIn(root, job, 'outputs/partial.txt')).toBe('kept\n');

    const absent = serviceTask('').replace(/argv: .*/, 'argv: [no-such-program, "1"]');
    const other = await submit(connection, baseDir, absent);
    const ended = await untilEnded(connection, other.id, longMs);
    expect(ended.result?.error?.message).toContain('"no-such-program"');
    expect(ended.state).toBe('failed');

    // A good end without a file is no result.
    const empty = await submit(connection, baseDir, serviceTask('echo nothing to keep'));
    expect(await untilEnded(connection, empty.id, longMs)).toMatchObject({ state: 'succeeded', validity: ['empty'] });
    await nothingIsLeft(root, job);
  });

  it('that takes more memory than it may is told so', async () => {
    const { connection, baseDir } = await bench();
    const bomb = 'x=xxxxxxxxxxxxxxxx; while true; do x="$x$x"; done';
    const job = await submit(connection, baseDir, serviceTask(bomb, 'limits: { memory_mb: 256 }\n'));
    const { state, result } = await untilEnded(connection, job.id, longMs);
    expect({ state, code: result?.error?.code }).toEqual({ state: 'failed', code: 'over_limit' });
    expect(result?.error?.message).toContain('256 MiB');
  });

  it('ends when its run is cancelled, in order if it listens, and when its time is up', async () => {
    const { root, connection, baseDir } = await bench();
    const listens = 'trap "echo ending in order; exit 0" TERM; echo up; while true; do sleep 0.2; done';
    const job = await submit(connection, baseDir, serviceTask(listens));
    await until('the service to be up', longMs, () => hasSaid(root, job, ' up\n'));
    await connection.client('cancelJob', { jobId: job.id });
    const cancelled = await untilEnded(connection, job.id, longMs);
    expect(cancelled.state).toBe('cancelled');
    expect(readIn(root, job, 'output.log')).toContain('ending in order');
    await nothingIsLeft(root, job);

    const deaf = 'trap "" TERM; echo up; while true; do sleep 0.2; done';
    const late = await submit(connection, baseDir, serviceTask(deaf, 'limits: { timeout_sec: 4 }\n'));
    const timedOut = await untilEnded(connection, late.id, longMs);
    expect(timedOut).toMatchObject({ state: 'timed_out', result: { error: { code: 'timed_out' } } });
    await nothingIsLeft(root, late);
  });

  it('that prints without end fills nothing: the beginning and the end are kept', async () => {
    const { root, connection, baseDir } = await bench();
    const line = 'a line of a flood, as a solver with a wrong setting prints it '.repeat(7);
    const script = `echo the beginning; yes "${line}" | head -n 60000; echo the end; echo x > /outputs/x`;
    const job = await submit(connection, baseDir, serviceTask(script));
    const { state, result } = await untilEnded(connection, job.id, longMs);
    expect({ state, error: result?.error }).toEqual({ state: 'succeeded' });
    const output = readIn(root, job, 'output.log');
    expect(output.startsWith('the beginning\n')).toBe(true);
    expect(output.endsWith('the end\n')).toBe(true);
    expect(output.includes('left out')).toBe(true);
    expect(output.length).toBeLessThan(14 * 1_048_576);
    expect(readIn(root, job, 'logs.txt').length).toBeLessThan(34 * 1_048_576);
  });

  it('goes on while its engine is killed, and no line of it is lost or twice', async () => {
    const { root, connection, baseDir } = await bench();
    const count =
      'i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo "line $i"; sleep 0.1; done; echo done > /outputs/end.txt';
    const job = await submit(connection, baseDir, serviceTask(count));
    await until('the service to count', longMs, () => hasSaid(root, job, 'line 10'));
    await endProcess(connection.health.pid);
    startDockerEngine(root);
    const next = await whenReady(root);
    const ended = await untilEnded(next, job.id, longMs);
    expect({ state: ended.state, error: ended.result?.error }).toEqual({ state: 'succeeded' });
    const lines = Array.from({ length: 60 }, (_, i) => `line ${i + 1}`);
    expect(readIn(root, job, 'output.log').trim().split('\n')).toEqual(lines);
    expect(readIn(root, job, 'outputs/end.txt')).toBe('done\n');
    await nothingIsLeft(root, job);
  });

  it('is started by its name, exactly as it was pinned, and refused when it cannot run here', async () => {
    const { root, connection, baseDir } = await bench();
    const { client } = connection;
    const entry = (name: string, more: string) =>
      `  - { name: ${name}, description: A test, image: "${serviceImage}", runtime: bash, workdir: /case, ${more} }\n`;
    const small = 'resources: { min_memory_gb: 0.25, min_cpus: 1 }';
    const services = `version: 1\nservices:\n${entry('busy-box', small)}${entry('huge', 'resources: { min_memory_gb: 9000 }')}`;
    writeFileSync(join(root.path, 'services.yaml'), services);
    const named = (name: string, more = '') =>
      serviceTask('pwd > /outputs/where', more).replace(`image: ${serviceImage}`, `service: ${name}`);
    const { Id } = await dockerClient().getImage(serviceImage).inspect();
    const pinned = await client('pinService', { name: 'busy-box' });
    expect(pinned).toMatchObject({ present: true, pinned: { digest: Id } });

    const job = await submit(connection, baseDir, named('busy-box'));
    const { state, result } = await untilEnded(connection, job.id, longMs);
    expect({ state, error: result?.error }).toEqual({ state: 'succeeded' });
    expect(result).toMatchObject({ imageDigest: Id, isolation: { asked: { memoryBytes: 2_147_483_648, cpus: 1 } } });
    expect(readIn(root, job, 'outputs/where')).toBe('/case\n');
    const { service, warnings } = JSON.parse(readIn(root, job, 'metadata.json')) as Record<string, unknown>;
    expect(service).toMatchObject({ name: 'busy-box', pinned: true, digest: Id });
    expect(warnings).toEqual([]);
    const plan = (await allOf(await client('jobRecord', { jobId: job.id }))).find(
      ({ data }) => data.type === 'job.launching',
    );
    expect(plan?.data).toMatchObject({ plan: { argv: ['/bin/sh', '-c', 'pwd > /outputs/where'], pinned: Id } });

    await expect(submit(connection, baseDir, named('busybox'))).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('busy-box') as string,
    });
    await expect(submit(connection, baseDir, named('huge'))).rejects.toMatchObject({ code: 'over_limit' });
    const absent = serviceTask('').replace(serviceImage, 'transect.invalid/none:1');
    // What can't be named exactly can't be approved, and is refused before anything is written.
    await expect(client('submitJob', { text: absent, baseDir, offline: true })).rejects.toMatchObject({
      code: 'source_unavailable',
      remedy: 'Fetch it: docker pull transect.invalid/none:1',
    });
    await nothingIsLeft(root, job);
  });

  it('reaches the hosts that its task names, through the proxy, and nothing else', async () => {
    const { root, connection, baseDir } = await bench();
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { connection: 'close' }).end('from the named host\n');
    });
    await new Promise<void>((done) => server.listen(0, hostAddress, done));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const url = `http://${hostAddress}:${port}`;
    const script = [
      `busybox wget -q -O /outputs/got.txt ${url}/data.tif`,
      `http_proxy= HTTP_PROXY= busybox wget -q -T 3 -O - ${url}/direct && echo REACHED DIRECTLY`,
      `busybox wget -q -T 5 -O - http://${hostAddress}:${port === 9 ? 10 : 9}/other && echo REACHED ANOTHER PORT`,
      'cat /proc/net/route | wc -l',
    ].join('\n');
    const job = await submit(connection, baseDir, serviceTask(`${script}; true`, '', `raster: ${url}/data.tif`));
    const { state, result } = await untilEnded(connection, job.id, longMs);
    expect({ state, error: result?.error }).toEqual({ state: 'succeeded' });
    expect(readIn(root, job, 'outputs/got.txt')).toBe('from the named host\n');
    expect(readIn(root, job, 'output.log')).not.toContain('REACHED');
    expect(asked).toEqual(['/data.tif']);
    expect(result?.isolation?.asked).toMatchObject({ network: 'proxy', hosts: [`${hostAddress}:${port}`] });
    await nothingIsLeft(root, job);
  });
});
