import { chmodSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dockerError } from '../../../src-main/engine/backends/docker/failure.ts';
import { checkInputs, mountInputs } from '../../../src-main/engine/backends/docker/inputs.ts';
import { plannedContainer } from '../../../src-main/engine/backends/docker/plan.ts';
import { containerUser } from '../../../src-main/engine/backends/docker/user.ts';
import { endingOf } from '../../../src-main/engine/backends/docker/watch.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { launchOf, shellTask } from '../../helpers/docker-engine.ts';
import { workspace } from '../../helpers/programs.ts';
import { writeFiles } from '../../helpers/worker-process.ts';

const me = { uid: 1000, gid: 100 };
const usual = { engine: 'Docker', rootless: false } as const;

function withInputs(task: Task, inputs: Task['inputs']): Task {
  return { ...task, inputs };
}

describe('the plan of a container', () => {
  it('names every wall, and no secret', () => {
    const spec = launchOf(workspace(), '');
    const plan = plannedContainer({ ...spec, offline: true }, me);
    expect(plan).toMatchObject({
      user: '1000:100',
      hosts: [],
      config: {
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        NetworkMode: 'none',
        IpcMode: 'none',
        Privileged: false,
        NanoCpus: 1e9,
        PidsLimit: 128,
      },
    });
    const config = plan['config'] as {
      Memory: number;
      MemorySwap: number;
      Mounts: { Source: string; ReadOnly: boolean }[];
    };
    expect(config.MemorySwap).toBe(config.Memory);
    expect(config.Mounts.filter(({ ReadOnly }) => !ReadOnly).map(({ Source }) => Source)).toEqual([spec.folder]);
  });

  it('of a task that reads from the network has a proxy, and its hosts', () => {
    const spec = launchOf(workspace(), '');
    const task = withInputs(spec.task, { rasters: ['https://data.example/a.tif', 'http://127.0.0.1:8080/b.tif'] });
    const plan = plannedContainer({ ...spec, task }, me);
    expect(plan['hosts']).toEqual(['127.0.0.1:8080', 'data.example']);
    expect(plan['environment']).toEqual(expect.arrayContaining(['HTTPS_PROXY', 'NODE_USE_ENV_PROXY']));
    expect(plan['config']).toMatchObject({ Dns: ['127.0.0.1'] });
  });
});

describe('the user of a container', () => {
  it('is the engine’s own, and never root of this machine', () => {
    expect(containerUser(me, usual)).toMatchObject({ user: '1000:100', owner: null });
    expect(containerUser({ uid: 0, gid: 0 }, usual)).toMatchObject({ user: '10001:10001', owner: { uid: 10001 } });
    expect(containerUser(null, usual)).toMatchObject({ user: '10001:10001', owner: null });
  });

  it('is root inside where root inside is the user outside, and mapped by Podman', () => {
    expect(containerUser(me, { engine: 'Docker', rootless: true })).toMatchObject({ user: '0:0', owner: null });
    expect(containerUser(me, { engine: 'Podman', rootless: true })).toMatchObject({
      user: '1000:100',
      usernsMode: 'keep-id',
    });
  });
});

describe('inputs in a container', () => {
  const task = shellTask();

  it('come alone, but documents with their folder, once', () => {
    const inputs = [
      { name: 'a.json', path: '/data/items/a.json' },
      { name: 'b.json', path: '/data/items/b.json' },
      { name: 'area.geojson', path: '/data/area.geojson' },
    ];
    const items = withInputs(task, { items: ['a.json', 'b.json'], aoi: 'area.geojson' });
    expect(mountInputs({ task: items, inputs })).toEqual({
      binds: [
        { source: '/data/items', target: '/inputs/0', readOnly: true },
        { source: '/data/area.geojson', target: '/inputs/1/area.geojson', readOnly: true },
      ],
      files: [
        { name: 'a.json', path: '/inputs/0/a.json' },
        { name: 'b.json', path: '/inputs/0/b.json' },
        { name: 'area.geojson', path: '/inputs/1/area.geojson' },
      ],
    });
  });

  it('a raster’s sidecars are beside it', () => {
    const names = ['a.tif', 'b.tif', 'a.tif.msk', 'b.tif.aux.xml'];
    const rasters = withInputs(task, { raster: 'a.tif' });
    const inputs = names.map((name) => ({ name, path: `/data/${name}` }));
    const { binds, files } = mountInputs({ task: rasters, inputs });
    expect(files.map(({ path }) => path)).toEqual([
      '/inputs/0/a.tif',
      '/inputs/1/b.tif',
      '/inputs/0/a.tif.msk',
      '/inputs/1/b.tif.aux.xml',
    ]);
    expect(binds.map(({ source, target }) => [source, target])).toEqual(
      names.map((name, i) => [`/data/${name}`, files[i]?.path]),
    );
  });

  it('are refused when a document would bring the whole workspace or home along', () => {
    const root = workspace();
    const user = containerUser(me, usual);
    const check = (path: string) => {
      const items = withInputs(task, { items: ['item.json'] });
      checkInputs({ task: items, inputs: [{ name: 'item.json', path }] }, root.path, user);
    };
    for (const folder of [root.path, join(root.path, '..'), homedir(), '/'])
      expect(() => check(join(folder, 'item.json'))).toThrow(/show too much/);
  });

  it('are refused when the container’s user may not read them', () => {
    const folder = writeFiles({ 'a.tif': 'x', 'b.tif': 'x' });
    chmodSync(join(folder, 'a.tif'), 0o600);
    chmodSync(join(folder, 'b.tif'), 0o644);
    const user = containerUser({ uid: 0, gid: 0 }, usual);
    const check = (name: string) =>
      checkInputs({ task, inputs: [{ name, path: join(folder, name) }] }, '/nowhere', user);
    expect(() => check('a.tif')).toThrow(/may not read the input a.tif/);
    expect(() => check('b.tif')).not.toThrow();
  });
});

describe('what a container engine says', () => {
  it.each([
    [Object.assign(new Error('connect EACCES'), { code: 'EACCES' }), 'backend_unavailable', /group docker/],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'backend_unavailable', /Start Docker/],
    [Object.assign(new Error('x'), { name: 'TimeoutError' }), 'backend_unavailable', /Start Docker/],
    [refusal('no space left on device'), 'storage', /Free some space/],
    [Object.assign(new Error('full'), { code: 'ENOSPC' }), 'storage', /Free some space/],
    [Object.assign(new Error('closed'), { code: 'EACCES', path: '/x', syscall: 'open' }), 'storage', /permissions/],
    [
      refusal('invalid mount config: bind source path does not exist: /x'),
      'backend_rejected',
      /must run on this machine/,
    ],
    [refusal('could not find an available, non-overlapping IPv4 address pool'), 'over_limit', /fewer tasks/],
    [refusal('exec: "nothing": no such file or directory'), 'backend_rejected', /Doctor/],
    [refusal('something else'), 'backend_rejected', /Doctor/],
  ])('is put into words: %s', (cause, code, remedy) => {
    const error = dockerError(cause, 'trying');
    expect(error).toMatchObject({ code, remedy: expect.stringMatching(remedy) as string, cause });
  });

  it('about an end', () => {
    const state = (ExitCode: number, OOMKilled = false) => ({
      State: { Running: false, Status: 'exited', ExitCode, OOMKilled, Error: '' },
    });
    const ending = (...args: Parameters<typeof state>) => endingOf(state(...args) as Parameters<typeof endingOf>[0]);
    expect(ending(0)).toEqual({ exitCode: 0, signal: null, found: 'its container ended with exit code 0' });
    // Exit codes of the worker itself that lie above 128.
    expect(ending(130)).toMatchObject({ exitCode: 130, signal: null });
    expect(ending(139)).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
    expect(ending(137, true)).toMatchObject({ signal: 'SIGKILL', outOfMemory: true });
    // A process of the run was killed for its memory, and the run ended in order.
    expect(ending(78, true)).not.toHaveProperty('outOfMemory');
    expect(endingOf(null)).toMatchObject({ found: 'its container is gone' });
  });
});

function refusal(message: string): Error {
  return Object.assign(new Error(`(HTTP code 500) server error - ${message}`), { statusCode: 500 });
}
