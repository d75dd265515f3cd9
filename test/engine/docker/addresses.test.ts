import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dockerAddresses } from '../../../src-main/engine/backends/docker/addresses.ts';
import { Daemons } from '../../../src-main/engine/backends/docker/daemon.ts';
import { reportDaemons } from '../../../src-main/engine/backends/docker/report.ts';
import { dockerHost, hasDockerd } from '../../helpers/dockerd.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { writeFiles } from '../../helpers/worker-process.ts';

const home = '/home/me';
const never = new AbortController().signal;

function addresses(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux', folder = home): string[] {
  return dockerAddresses({ env, platform, home: folder }).map(({ address }) => address);
}

describe('where container engines are looked for', () => {
  it('DOCKER_HOST and a chosen context are followed and never gone around', () => {
    expect(addresses({ DOCKER_HOST: 'unix:///x.sock', DOCKER_CONTEXT: 'other' })).toEqual(['unix:///x.sock']);
    const id = createHash('sha256').update('colima').digest('hex');
    const meta = JSON.stringify({ Endpoints: { docker: { Host: 'unix:///colima.sock' } } });
    const folder = writeFiles({
      '.docker/config.json': JSON.stringify({ currentContext: 'colima' }),
      [`.docker/contexts/meta/${id}/meta.json`]: meta,
    });
    expect(addresses({}, 'linux', folder)).toEqual(['unix:///colima.sock']);
    expect(addresses({ DOCKER_CONTEXT: 'gone' }, 'linux', folder)).toEqual(['context:gone']);
    expect(addresses({ DOCKER_CONTEXT: 'default' }, 'linux', folder).length).toBeGreaterThan(1);
    expect(
      addresses({ DOCKER_HOST: '' }, 'linux', writeFiles({ '.docker/config.json': '{broken' })).length,
    ).toBeGreaterThan(1);
  });

  it('else the sockets of Docker Engine, Docker Desktop, Podman and Colima, with those of this user', () => {
    const found = addresses({ XDG_RUNTIME_DIR: '/run/user/7' });
    expect(found[0]).toBe('unix:///var/run/docker.sock');
    expect(found).toEqual(
      expect.arrayContaining([
        'unix:///run/user/7/docker.sock',
        'unix:///run/user/7/podman/podman.sock',
        'unix:///home/me/.docker/desktop/docker.sock',
        'unix:///home/me/.colima/default/docker.sock',
      ]),
    );
    expect(addresses({}, 'win32')[0]).toBe('npipe:////./pipe/docker_engine');
  });
});

/** What Doctor says where DOCKER_HOST is this. */
async function doctor(address: string) {
  const daemons = new Daemons({ env: { DOCKER_HOST: address }, platform: process.platform, home });
  const checks = await reportDaemons(daemons, { uid: 1000, gid: 1000 }, never);
  return { checks, first: await daemons.first(never).catch((error: unknown) => error) };
}

describe('a container engine', () => {
  it.each(['unix:///nonexistent/docker.sock', 'ssh://me@there', 'context:gone', 'tcp://127.0.0.1:1', 'nonsense'])(
    'that is not there (%s) is said with what to do',
    async (address) => {
      const { checks, first } = await doctor(address);
      expect(first).toMatchObject({ code: 'backend_unavailable', remedy: expect.stringMatching(/\w/) as string });
      expect(checks).toMatchObject([{ level: 'missing', remedy: expect.stringMatching(/\w/) as string }]);
    },
  );

  it('that answers with something else is no container engine', async () => {
    const path = join(tempFolder(), 'socket');
    const server = createServer((socket) => socket.end('220 mail ready\r\n'));
    await new Promise<void>((done) => server.listen(path, done));
    onTestFinished(() => void server.close());
    expect((await doctor(`unix://${path}`)).first).toMatchObject({ code: 'backend_unavailable' });
  });

  it('that says nothing is not waited for longer than the caller wants', async () => {
    const path = join(tempFolder(), 'socket');
    const server = createServer(() => undefined);
    await new Promise<void>((done) => server.listen(path, done));
    onTestFinished(() => void server.close());
    const daemons = new Daemons({ env: { DOCKER_HOST: `unix://${path}` }, platform: process.platform, home });
    await expect(daemons.first(AbortSignal.timeout(200))).rejects.toMatchObject({
      code: 'backend_unavailable',
      message: expect.stringContaining('in time') as string,
    });
  });

  it.skipIf(!hasDockerd())('that answers is described', async () => {
    const { checks } = await doctor(dockerHost ?? '');
    expect(checks).toMatchObject([
      { id: 'docker.engine', level: 'ok', found: expect.stringContaining('Docker') as string, remedy: null },
      { id: 'docker.limits' },
    ]);
    expect(checks[0]?.facts).toContainEqual({ label: 'User of containers', value: '1000:1000' });
  });
});
