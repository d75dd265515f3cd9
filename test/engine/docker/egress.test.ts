import type Docker from 'dockerode';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataRoot } from '../../../src-main/client/data-root.ts';
import { createContainer, startContainer } from '../../../src-main/engine/backends/docker/containers.ts';
import { Daemons } from '../../../src-main/engine/backends/docker/daemon.ts';
import type { Egress } from '../../../src-main/engine/backends/docker/egress-sidecar.ts';
import { behindProxy, startEgress } from '../../../src-main/engine/backends/docker/egress-sidecar.ts';
import { labelsOf, workspaceId } from '../../../src-main/engine/backends/docker/labels.ts';
import { textOf } from '../../../src-main/engine/backends/docker/logs.ts';
import { runtimeFolder } from '../../../src-main/engine/backends/docker/runtime-folder.ts';
import { containerUser, ownUser } from '../../../src-main/engine/backends/docker/user.ts';
import { walled } from '../../../src-main/engine/backends/docker/walls.ts';
import { EgressEvent } from '../../../src-shared/egress.ts';
import {
  containersOf,
  dockerBackend,
  launchOf,
  networksOf,
  realWorkerImages,
  startDockerEngine,
} from '../../helpers/docker-engine.ts';
import { dockerClient, dockerHost, hasDockerd, hostAddress } from '../../helpers/dockerd.ts';
import { summaryTask, until, untilEnded, whenReady, workspace } from '../../helpers/programs.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { fixtures } from '../../helpers/worker-process.ts';

const never = new AbortController().signal;
/** The first of them makes the worker image. */
const timeout = 300_000;

interface Site {
  readonly origin: string;
  readonly host: string;
  readonly asked: string[];
}

/** A server that containers can reach, and what it was asked for. */
async function site(
  answer: (path: string) => { status: number; headers?: Record<string, string>; body: string },
): Promise<Site> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status, headers, body } = answer(request.url ?? '');
    response.writeHead(status, { ...headers, connection: 'close' }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, hostAddress, done));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const host = `${hostAddress}:${address.port}`;
  return { origin: `http://${host}`, host, asked };
}

/** A run's inner network and proxy, by themselves. */
async function egressFor(root: DataRoot, hosts: string[], maxBytes = 1_000_000) {
  const docker = dockerClient();
  const daemon = await new Daemons({
    env: { DOCKER_HOST: dockerHost ?? '' },
    platform: process.platform,
    home: '/nowhere',
  }).first(never);
  const image = (await realWorkerImages().ensure(docker, never)).id;
  const user = containerUser(ownUser(), daemon.facts);
  // Its clearing is what removes all of this.
  dockerBackend(root);
  const spec = launchOf(root, 'true');
  const labelled = { workspace: workspaceId(root.path), jobId: spec.jobId, attempt: 1 };
  const events = join(spec.records, 'egress.ndjson');
  const policy = { v: 1 as const, hosts, named: hosts, maxBytes, search: false };
  const runtime = runtimeFolder(root, spec);
  const { facts } = daemon;
  const egress = await startEgress(docker, { labelled, policy, image, user, facts, runtime, events, env: {} }, never);
  const inside = (program: string) => runInside(docker, { egress, image, labelled, facts, user: user.user }, program);
  const heard = () =>
    readFileSync(events, 'utf8')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => EgressEvent.parse(JSON.parse(line)));
  return { egress, inside, heard };
}

type Place = {
  egress: Egress;
  image: string;
  labelled: Parameters<typeof labelsOf>[0];
  facts: Parameters<typeof walled>[1];
  user: string;
};

let containers = 0;

/** Runs a module in a container beside the proxy, as a worker would run, and gives what it printed as JSON. */
async function runInside(
  docker: Docker,
  { egress, image, labelled, facts, user }: Place,
  program: string,
): Promise<unknown> {
  const [node = 'node'] = ((await docker.getImage(image).inspect()).Config.Entrypoint ?? []) as string[];
  const proxy = `http://${egress.proxy}:${egress.port}`;
  const room = {
    memoryBytes: 512 * 1_048_576,
    cpus: 2,
    processes: 64,
    tmpBytes: 1_048_576,
    binds: [],
    network: egress.network,
  };
  const container = await createContainer(
    docker,
    {
      name: `transect-test-${labelled.jobId}-${(containers += 1)}`,
      Image: image,
      Entrypoint: [node, '--input-type=module', '-e', program],
      Cmd: [],
      User: user,
      Env: [`HTTP_PROXY=${proxy}`, `HTTPS_PROXY=${proxy}`, 'NODE_USE_ENV_PROXY=1'],
      Labels: labelsOf(labelled, 'worker'),
      HostConfig: { ...walled(room, facts), ...behindProxy(egress) },
    },
    never,
  );
  await startContainer(container);
  await container.wait();
  const said = await textOf(container, 100_000);
  return JSON.parse(said);
}

/** What a fetch of each address gives: its status and text, or the name of its failure. */
function fetches(...urls: string[]): string {
  return `const got = [];
    for (const url of ${JSON.stringify(urls)})
      got.push(await fetch(url, { signal: AbortSignal.timeout(20000) }).then(
        async (answer) => [answer.status, (await answer.text()).slice(0, 200)],
        (error) => ['failed', error.cause?.code ?? error.name],
      ));
    console.log(JSON.stringify(got));`;
}

describe.skipIf(!hasDockerd())('the way out of a container', { timeout }, () => {
  it('leads to the hosts that the task names, and nowhere else: not by name, by address, or by redirect', async () => {
    const root = workspace();
    const admitted = await site((path) =>
      path === '/away'
        ? { status: 302, headers: { location: `${closed.origin}/secret` }, body: '' }
        : { status: 200, body: 'hello' },
    );
    const closed = await site(() => ({ status: 200, body: 'secret' }));
    const { inside, heard } = await egressFor(root, [admitted.host]);
    const name = 'transect.invalid';
    const got = await inside(
      fetches(
        `${admitted.origin}/open`,
        `${admitted.origin}/away`,
        `${closed.origin}/direct`,
        `http://${name}/`,
        `https://${name}/`,
      ),
    );
    expect((got as unknown[][]).map(([first]) => first)).toEqual([200, 'failed', 'failed', 'failed', 'failed']);
    expect(admitted.asked).toEqual(['/open', '/away']);
    expect(closed.asked).toEqual([]);
    const refused = heard().filter(({ verdict }) => verdict === 'refused');
    expect(new Set(refused.map(({ host }) => host))).toEqual(new Set([closed.host, `${name}:80`, `${name}:443`]));
  });

  it('is the only one: no route, no names, no machine beside it', async () => {
    const root = workspace();
    const reachable = await site(() => ({ status: 200, body: 'here' }));
    const { inside, egress } = await egressFor(root, []);
    const gateway = egress.address.replace(/\d+$/, '1');
    const program = `
      import { connect } from 'node:net';
      import { Resolver, lookup } from 'node:dns/promises';
      const open = (host, port) => new Promise((done) => {
        const socket = connect({ host, port, timeout: 2000 });
        socket.on('connect', () => done('open')).on('timeout', () => done('silent')).on('error', (e) => done(e.code));
      });
      const dns = new Resolver({ timeout: 1000, tries: 1 });
      const name = await dns.resolve4('example.org').then(() => 'resolved', (e) => e.code);
      const own = await lookup('example.org').then(() => 'resolved', (e) => e.code);
      const got = await Promise.all([
        open(${JSON.stringify(hostAddress)}, ${reachable.host.split(':')[1] ?? ''}),
        ...[22, 53, 80, 2375].map((port) => open(${JSON.stringify(gateway)}, port)),
        open('169.254.169.254', 80),
        open('192.0.2.1', 80),
      ]);
      console.log(JSON.stringify({ got, name, own, proxy: await open('egress', 3128) }));
      process.exit(0);`;
    const found = (await inside(program)) as { got: string[]; name: string; own: string; proxy: string };
    expect(found.proxy).toBe('open');
    expect(found.name).not.toBe('resolved');
    expect(found.own).not.toBe('resolved');
    for (const one of found.got) expect(one).toMatch(/^(silent|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/);
    expect(reachable.asked).toEqual([]);
  });

  it('counts bytes, and closes when the run has read what it may', async () => {
    const root = workspace();
    const big = await site(() => ({ status: 200, body: 'x'.repeat(300_000) }));
    const { inside, heard } = await egressFor(root, [big.host], 500_000);
    const program = `
      const sizes = [];
      for (let n = 0; n < 4; n += 1)
        sizes.push(await fetch(${JSON.stringify(big.origin)}).then(async (a) => a.status === 200 ? (await a.text()).length : a.status).catch(() => 'cut'));
      console.log(JSON.stringify(sizes));`;
    expect(await inside(program)).toEqual([300_000, 'cut', 'cut', 'cut']);
    expect(heard().filter(({ verdict }) => verdict === 'cut')).toHaveLength(1);
    const through = heard().reduce((sum, { bytes }) => sum + bytes, 0);
    expect(through).toBeGreaterThan(300_000);
    // What arrived with the piece that was cut is counted too.
    expect(through).toBeLessThan(600_000);
  });
});

describe.skipIf(!hasDockerd())('a task that reads from the network in a container', () => {
  it('reads from the host that it names, through its proxy, and leaves no network behind', { timeout }, async () => {
    const root = workspace();
    startDockerEngine(root);
    const connection = await whenReady(root, 30_000);
    const server = await startRangeServer(fixtures, { host: hostAddress });
    onTestFinished(() => server.close());
    const scene = `${server.url}/sentinel-2-l2a/SYNTHETIC_S2A_13TDE_20230716_0_L2A/nir.tif`;
    const { id } = await connection.client('submitJob', { text: summaryTask([scene]), backend: 'docker' });
    const job = await untilEnded(connection, id, 240_000);
    const log = existsSync(join(root.jobFolder(id), 'logs.txt'))
      ? readFileSync(join(root.jobFolder(id), 'logs.txt'), 'utf8')
      : '';
    expect(job.result?.error, log).toBeUndefined();
    expect(job.state).toBe('succeeded');
    expect(server.requests.length).toBeGreaterThan(0);
    expect(job.result?.isolation?.asked).toMatchObject({
      network: 'proxy',
      hosts: [server.url.replace('http://', '')],
    });
    expect(job.result?.isolation?.walls.filter(({ verdict }) => verdict === 'weaker')).toEqual([]);
    const events = readFileSync(join(root.jobRecords(id), 'egress.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => EgressEvent.parse(JSON.parse(line)));
    const served = server.requests.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(events.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThanOrEqual(served);
    expect(events.every(({ verdict }) => verdict === 'admitted')).toBe(true);
    await until('the run to be cleaned up', 60_000, async () => (await networksOf(root)).length === 0);
    expect(await containersOf(root)).toEqual([]);
  });
});

describe.skipIf(!hasDockerd())('a task that reads from this machine’s own address', { timeout }, () => {
  it('is refused in a container, which could never reach it, with the way out', async () => {
    const root = workspace();
    const backend = dockerBackend(root);
    const spec = launchOf(root, 'true');
    const task = { ...spec.task, inputs: { rasters: ['http://127.0.0.1:8080/a.tif'] } };
    await expect(backend.submit({ ...spec, task }, never)).rejects.toMatchObject({
      code: 'backend_rejected',
      message: expect.stringContaining('127.0.0.1:8080') as string,
      remedy: expect.stringContaining('--backend process') as string,
    });
    expect(await containersOf(root)).toEqual([]);
  });
});
