import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Connection } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import type { WallId } from '../../src-shared/isolation.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { runFilePath } from '../../src-shared/api/library.ts';
import { askEngine } from '../helpers/ask-engine.ts';
import { hostAddress } from '../helpers/dockerd.ts';
import { workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';
import { pathWithoutBubblewrap } from './bare-path.ts';
import type { Place } from './places.ts';
import { act, actingOn, endedCleanly, placesOf, submitAct } from './places.ts';

interface Ground {
  readonly title: string;
  readonly place: Place;
  /** Without any wall of the system around it: what gets out must stand in the record as open. */
  readonly bare: boolean;
  /** Where a server of this machine is found from there. */
  readonly host: string;
}

const grounds = placesOf('process', 'docker').flatMap((place): Ground[] =>
  place.id === 'docker'
    ? [{ title: 'docker', place, bare: false, host: hostAddress }]
    : [
        { title: 'process with bubblewrap', place, bare: false, host: '127.0.0.1' },
        { title: 'process alone', place, bare: true, host: '127.0.0.1' },
      ],
);

interface Tried {
  readonly engine: Connection;
  readonly root: DataRoot;
  readonly job: Job;
  readonly found: Record<string, string>;
}

/** Has an attempt made in this place, and gives what it told. */
async function tried(ground: Ground, name: string, more = '', env: Record<string, string> = {}): Promise<Tried> {
  const { root, engine } = await engineOn(ground, env);
  const jobId = await submitAct(engine, ground.place, act(name, more));
  const job = await endedCleanly(engine, ground.place, jobId);
  return { engine, root, job, found: foundBy(root, jobId) };
}

async function engineOn(ground: Ground, env: Record<string, string> = {}) {
  const root = workspace();
  const path: Record<string, string> = ground.bare ? { PATH: pathWithoutBubblewrap() } : {};
  return { root, engine: await actingOn(ground.place, root, { ...path, ...env }) };
}

function foundBy(root: DataRoot, jobId: JobId): Record<string, string> {
  const path = join(root.jobFolder(jobId), 'tables/found.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>) : {};
}

/** Blocked; or, where the system has no wall, said in the record of this very run. */
function expectWall(ground: Ground, { job }: Tried, wall: WallId, blocked: boolean): void {
  if (!ground.bare) {
    expect(blocked, `${wall} on ${ground.title}`).toBe(true);
    return;
  }
  const said = job.result?.isolation?.walls.find(({ id }) => id === wall);
  if (!blocked) expect(said, `${wall} in the record`).toMatchObject({ verdict: 'open' });
}

const refused = (answer: unknown) => String(answer).startsWith('refused');

async function serve(answer: (url: string) => { status: number; location?: string; body: string }): Promise<{
  port: number;
  asked: string[];
}> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status, location, body } = answer(request.url ?? '');
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

/** docs/security.md has these as a table: what a run that was taken over can reach. */
describe.each(grounds)('escapes from $title', (ground) => {
  const run = ground.place.obstacle === null ? it : it.skip;

  run('reading the home folder', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 's'), 'my private key');
    const attempt = await tried(ground, `reads-files ${join(folder, 's')} ${folder}`);
    expectWall(ground, attempt, 'files_read', refused(attempt.found['secret']) && refused(attempt.found['listing']));
  });

  run('writing outside its folder', async () => {
    const folder = tempFolder();
    const attempt = await tried(ground, `writes-files ${folder}`);
    const { root, job } = attempt;
    const reached = [
      join(folder, 'escaped'),
      join(root.path, 'outputs/jobs/escaped'),
      join(root.path, 'records/escaped'),
      '/usr/lib/escaped',
    ].filter((path) => existsSync(path));
    expectWall(ground, attempt, 'files_written', reached.length === 0);
    expect(readdirSync(root.jobRecords(job.id))).toContain('provenance.ndjson');
  });

  run('links out of its folder', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 's'), 'my private key');
    const { engine, root, job } = await tried(ground, `links-out ${join(folder, 's')}`);
    const { files } = await engine.client('listFiles', { jobId: job.id });
    expect(files.map(({ path }) => path).filter((path) => /link|all/.test(path))).toEqual([]);
    for (const path of ['tables/link.csv', 'figures/all/s']) {
      const answer = await askEngine(root, runFilePath(job.id, path));
      expect(answer.status).toBe(404);
      expect(answer.body.toString()).not.toContain('my private key');
    }
    expect(readFileSync(join(root.path, 'outputs/index.html'), 'utf8')).not.toContain('link.csv');
  });

  run('a host that is not in the plan: by address, by name, by redirect', async () => {
    const closed = await serve(() => ({ status: 200, body: 'out' }));
    const open = await serve((url) =>
      url === '/redirect'
        ? { status: 302, location: `http://${ground.host}:${closed.port}/redirected`, body: '' }
        : { status: 200, body: 'hello' },
    );
    const admitted = `http://${ground.host}:${open.port}`;
    const { root, engine } = await engineOn(ground);
    const name = `reaches-hosts ${admitted} http://${ground.host}:${closed.port}`;
    const text = act(name).replace('[red.tif]', `["${admitted}/a.tif"]`);
    const jobId = await submitAct(engine, ground.place, text);
    const job = await endedCleanly(engine, ground.place, jobId);
    const found = foundBy(root, jobId);
    expect(found['admitted'], JSON.stringify(found)).toBe('200 hello');
    expectWall(ground, { engine, root, job, found }, 'network', closed.asked.length === 0 && refused(found['direct']));
  });

  run('no network at all for a task that needs none', async () => {
    const closed = await serve(() => ({ status: 200, body: 'out' }));
    const address = `http://${ground.host}:${closed.port}`;
    const attempt = await tried(ground, `reaches-hosts ${address} ${address}`);
    expectWall(ground, attempt, 'network', closed.asked.length === 0 && refused(attempt.found['direct']));
  });

  run('the engine’s socket, and the container engine’s', async () => {
    const { root, engine } = await engineOn(ground);
    const docker = (process.env['TRANSECT_TEST_DOCKER_HOST'] ?? '/nowhere').replace(/^unix:\/\//, '');
    const sockets = [engine.endpoint.socket, docker, '/var/run/docker.sock'];
    // A name has 120 characters at most: short links stand for long paths, and lead to the same place.
    const folder = tempFolder();
    const links = sockets.map((socket, n) => {
      const link = join(folder, String(n));
      symlinkSync(socket, link);
      return link;
    });
    const jobId = await submitAct(engine, ground.place, act(`reaches-sockets ${links.join(' ')}`));
    const job = await endedCleanly(engine, ground.place, jobId);
    const found = foundBy(root, jobId);
    expect(Object.keys(found)).toHaveLength(3);
    expectWall(ground, { engine, root, job, found }, 'files_read', Object.values(found).every(refused));
  });

  run('the environment of the engine', async () => {
    const canary = 'canary-of-the-environment';
    const attempt = await tried(ground, `reads-environments ${canary}`, '', { TRANSECT_TEST_CANARY: canary });
    expect(attempt.found['own'], 'the worker’s own environment').toBe(false);
    expectWall(ground, attempt, 'files_read', Number(attempt.found['others']) === 0);
  });

  run('multiplying', async () => {
    const most = ground.bare ? 20 : 600;
    const attempt = await tried(ground, `multiplies ${most}`);
    const started = Number(attempt.found['started'] ?? 0);
    console.info(`${ground.title}: started ${started} of ${most} processes`);
    expectWall(ground, attempt, 'processes', started < most);
  });

  run('memory without end', async () => {
    const { job } = await tried(ground, 'remembers-too-much', 'limits: {memory_mb: 256}\n');
    expect(job.result?.state).toBe('failed');
  });

  run('a disk without end', async () => {
    const { job } = await tried(ground, 'writes-too-much', 'limits: {max_output_bytes: 1000000}\n');
    expect(job.result).toMatchObject({ state: 'failed', error: { code: 'over_limit' } });
  });

  run('filling the places for temporary files', async () => {
    const attempt = await tried(ground, 'fills-temporary-places', 'limits: {memory_mb: 512}\n');
    const filled = Object.values(attempt.found as unknown as Record<string, { written: number }>);
    // The run may have been ended for it, too.
    const bounded = attempt.job.result?.state !== 'succeeded' || filled.every(({ written }) => written < 640);
    expectWall(ground, attempt, 'files_written', bounded);
  });

  run('files without end', async () => {
    const { job } = await tried(ground, 'fills-the-folder', '', { TRANSECT_MAX_RUN_FILES: '1000' });
    expect(job.result).toMatchObject({ state: 'failed', error: { code: 'over_limit' } });
  });

  run('odd names', async () => {
    const { engine, root, job, found } = await tried(ground, 'writes-odd-names');
    expect(Number(found['made'])).toBeGreaterThan(4);
    expect(job.result?.state).toBe('succeeded');
    const { files } = await engine.client('listFiles', { jobId: job.id });
    for (const { path } of files)
      expect((await askEngine(root, runFilePath(job.id, path))).status, JSON.stringify(path)).toBe(200);
    expect(await engine.client('writeIndex', {})).toMatchObject({ jobs: 1 });
  });
});
