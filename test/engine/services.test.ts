import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { Daemons } from '../../src-main/engine/backends/docker/daemon.ts';
import { readCatalogue, requireService, withInherited } from '../../src-main/engine/services/catalogue.ts';
import { serviceHost } from '../../src-main/engine/services/host.ts';
import { checkNeeds, serviceNeeds } from '../../src-main/engine/services/needs.ts';
import { resolveService } from '../../src-main/engine/services/resolve.ts';
import { searchServices } from '../../src-main/engine/services/search.ts';
import { fullName } from '../../src-main/engine/services/service-images.ts';
import { Services } from '../../src-main/engine/services/services.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import { allOf } from '../helpers/all-of.ts';
import type { FakeDocker } from '../helpers/fake-docker.ts';
import { startFakeDocker } from '../helpers/fake-docker.ts';
import { cli, startEngine, whenReady, workspace } from '../helpers/programs.ts';
import { serviceTask } from '../helpers/service-image.ts';
import { tempFolder } from '../helpers/temp.ts';

const never = new AbortController().signal;
const shipped = readCatalogue(import.meta.dirname);
const all = [...shipped.values()].map((entry) => withInherited(shipped, entry));
const found = (search: string) => searchServices(all, search).map(({ name }) => name);
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

function serviceOf(analysis: string, more = '') {
  const text = serviceTask('', more).replace(/ {2}image: .*\n.*\n/, `${analysis}\n  argv: [run]\n`);
  return requireTask(Buffer.from(text)).task;
}

describe('the shipped catalogue', () => {
  it('has the twenty-seven services, each with what a person needs to choose', () => {
    expect([...shipped.keys()].sort()).toEqual(
      [
        'ase biopython blast cvxpy dwsim elmer gmsh gromacs iic-osic-tools lammps meep ngspice openfoam openfoam-swak4foam',
        'openfoam-swak4foam-2012 openroad optuna paraview pyoptools pytorch qiskit rcwa rdkit sci-core scipy-base sciml-julia sympy',
      ]
        .join(' ')
        .split(' ')
        .sort(),
    );
    for (const entry of shipped.values()) {
      expect(entry.capabilities.length, entry.name).toBeGreaterThan(1);
      expect(entry.workdir).toBe('/workspace');
      if (entry.extends !== null) expect(shipped.has(entry.extends), entry.name).toBe(true);
      const argv = JSON.parse(entry.example ?? 'null') as unknown;
      expect(Array.isArray(argv) && argv.every((word) => typeof word === 'string'), entry.name).toBe(true);
      expect(() => fullName(entry.image)).not.toThrow();
    }
    const only = [...shipped.values()]
      .filter(({ architectures }) => architectures.length === 1)
      .map(({ name }) => name);
    expect(only.sort()).toEqual(['blast', 'dwsim', 'openfoam-swak4foam-2012', 'openroad', 'pytorch']);
    const large = [...shipped.values()].filter(({ resources }) => resources.recommended_memory_gb === 32);
    expect(large.map(({ name }) => name).sort()).toEqual(['gromacs', 'lammps', 'meep', 'openfoam']);
  });

  it.each([
    ['', 27],
    ['   ', 27],
    ['quokka', 0],
  ])('a search for %j finds %i', (search, count) => {
    expect(found(search)).toHaveLength(count);
  });

  it('is found by name, by package, by what it can do, in singular and plural, whatever the case', () => {
    expect(found('gmsh')[0]).toBe('gmsh');
    expect(found('CFD')).toEqual(expect.arrayContaining(['openfoam', 'openfoam-swak4foam', 'openfoam-swak4foam-2012']));
    expect(found('meshes')[0]).toBe('gmsh');
    expect(found('finite element method')[0]).toBe('elmer');
    expect(found('xarray')).toContain('sci-core');
    expect(found('protein structure')).toContain('biopython');
    // Words that stand in no field together: what has both comes, not everything that has one.
    expect(found('turbulence heat')).toEqual(expect.arrayContaining(['openfoam']));
    expect(found('turbulence heat')).not.toContain('elmer');
    // What a service extends, it can do too.
    expect(found('multiphase flow')).toContain('openfoam-swak4foam');
  });

  it('an unknown name is answered with the nearest', () => {
    const error = (name: string) => {
      try {
        requireService(shipped, name);
      } catch (cause) {
        return cause;
      }
      return null;
    };
    expect(error('openfom')).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('openfoam') as string,
    });
    expect(error('swak4foam')).toMatchObject({
      details: { nearest: expect.arrayContaining(['openfoam-swak4foam']) as string[] },
    });
    expect(error('quokka')).toMatchObject({ code: 'not_found', details: { nearest: [] } });
  });
});

describe('a workspace’s own services', () => {
  const own = (text: string) => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'services.yaml'), text);
    return () => readCatalogue(folder);
  };
  const entry = (name: string) =>
    `version: 1\nservices:\n  - { name: ${name}, description: Ours, image: "local/solver:1", runtime: bash }\n`;

  it('stand beside the shipped ones', () => {
    expect(own(entry('our-solver'))().get('our-solver')).toMatchObject({ workdir: '/workspace', license: null });
  });

  it.each([
    ['a name that is taken', entry('openfoam'), /openfoam already/],
    ['an unknown field', entry('x').replace('runtime', 'entry: x, runtime'), /services\.0/],
    ['no YAML', 'version: [', /line 1/],
  ])('are refused for %s, naming the file', (_, text, message) => {
    expect(own(text)).toThrow(message);
    expect(own(text)).toThrow(/services\.yaml/);
  });
});

describe('what a service needs', () => {
  const room = { architecture: 'amd64', memoryBytes: 64e9, cpus: 8 };
  const limits = { local_max_memory_gb: 16, local_max_cpus: 8 };
  const check = (analysis: string, more = '', here = room, most = limits) => {
    const task = serviceOf(analysis, more);
    const service = resolveService(task, shipped, new Map());
    checkNeeds(task, service?.entry ?? null, here, most);
    return serviceNeeds(task, service?.entry ?? null);
  };
  const gib = 1_073_741_824;

  it('is what the task asks for, else the least of the service, else the task’s limit', () => {
    expect(check('  service: openfoam')).toEqual({ memoryBytes: 8 * gib, cpus: 4 });
    expect(check('  service: openfoam', 'resources: { memory_gb: 12, cpus: 6 }\n')).toEqual({
      memoryBytes: 12 * gib,
      cpus: 6,
    });
    expect(check('  image: a/b:1', 'limits: { memory_mb: 512 }\n')).toEqual({ memoryBytes: gib / 2, cpus: 1 });
  });

  it.each([
    [
      'more memory than the settings allow',
      '  service: openfoam',
      '',
      room,
      { ...limits, local_max_memory_gb: 4 },
      'over_limit',
    ],
    ['more memory than there is', '  service: openfoam', '', { ...room, memoryBytes: 4e9 }, limits, 'over_limit'],
    ['less memory than it needs', '  service: openfoam', 'resources: { memory_gb: 2 }\n', room, limits, 'over_limit'],
    ['more processors', '  service: gmsh', 'resources: { cpus: 9 }\n', room, limits, 'over_limit'],
    ['another architecture', '  service: blast', '', { ...room, architecture: 'arm64' }, limits, 'backend_rejected'],
    ['a GPU that it needs', '  service: pytorch', '', room, limits, 'backend_rejected'],
    ['a GPU that the task asks for', '  image: a/b:1', 'resources: { gpus: 1 }\n', room, limits, 'backend_rejected'],
  ])('is refused: %s', (_, analysis, more, here, most, code) => {
    expect(() => check(analysis, more, here, most)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('an image by its digest is pinned by its own name, and what is no image name is refused', () => {
    const task = serviceOf(`  image: "registry.example.org/a/b@${digest('a')}"`);
    expect(resolveService(task, shipped, new Map())).toMatchObject({
      pinned: digest('a'),
      name: null,
      workdir: '/workspace',
    });
    expect(() => resolveService(serviceOf('  image: "Not An Image"'), shipped, new Map())).toThrow(/no name/);
  });

  it('a pin holds for the image that it was made for', () => {
    const pin = (image: string) =>
      new Map([['gmsh', { image, digest: digest('b'), ref: `x@${digest('b')}`, at: '2026-01-01T00:00:00Z' }]]);
    const task = serviceOf('  service: gmsh');
    const { image } = shipped.get('gmsh') ?? { image: '' };
    expect(resolveService(task, shipped, pin(image))).toMatchObject({ ref: `x@${digest('b')}`, pinned: digest('b') });
    expect(resolveService(task, shipped, pin('ghcr.io/else:1'))).toMatchObject({ ref: image, pinned: null });
  });
});

describe('images of services', () => {
  async function services(fake: Partial<FakeDocker>) {
    const root = openDataRoot(join(tempFolder(), 'root'));
    const engine = await startFakeDocker({ images: {}, registry: {}, pulls: {}, ...fake });
    const config = tempFolder();
    mkdirSync(config, { recursive: true });
    const auth = Buffer.from('me:pass:word').toString('base64');
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { 'ghcr.io': { auth } } }));
    const env = { DOCKER_HOST: engine.host, DOCKER_CONFIG: config };
    const daemons = new Daemons({ env, platform: process.platform, home: homedir() });
    const limits = { local_max_memory_gb: 16, local_max_cpus: 8 };
    return { root, engine, services: new Services({ root, env, limits, host: serviceHost(daemons) }) };
  }
  const gmsh = 'ghcr.io/sciagent-ai/gmsh:latest';
  const held = (more: object = {}) => ({
    Id: digest('c'),
    RepoTags: [gmsh],
    RepoDigests: null,
    Size: 123_456_789,
    Architecture: 'amd64',
    Config: {},
    ...more,
  });

  it('are here or not, with their size', async () => {
    const { services: known } = await services({ images: { [gmsh]: held() } });
    const list = await known.list('', never);
    const one = (name: string) => list.find(({ entry }) => entry.name === name);
    expect(one('gmsh')).toMatchObject({ present: true, bytes: 123_456_789, pinned: null });
    expect(one('openfoam')).toMatchObject({ present: false, bytes: null });
  });

  it('are pinned to what the registry says, which every later run takes', async () => {
    const { root, services: known, engine } = await services({ registry: { [gmsh]: digest('d') } });
    expect((await known.pin('gmsh', never)).pinned?.digest).toBe(digest('d'));
    expect(JSON.parse(readFileSync(join(root.records, 'services.json'), 'utf8'))).toMatchObject({
      pins: { gmsh: { image: gmsh, ref: `ghcr.io/sciagent-ai/gmsh@${digest('d')}` } },
    });
    expect(known.resolve(serviceOf('  service: gmsh'))).toMatchObject({ pinned: digest('d'), image: gmsh });
    // With the person's own login, passwords with colons too; and nothing was fetched for it.
    expect(engine.asked.find((line) => line.startsWith('login'))).toContain('"password":"pass:word"');
    expect(engine.asked.some((line) => line.includes('/images/create'))).toBe(false);
  });

  it('are fetched to be pinned where the registry does not tell, and local ones are pinned by their id', async () => {
    const then = held({ RepoDigests: [`ghcr.io/sciagent-ai/gmsh@${digest('e')}`] });
    const pulled = await services({ pulls: { [gmsh]: { lines: [{ status: 'Pulling' }], then } } });
    expect((await pulled.services.pin('gmsh', never)).pinned?.digest).toBe(digest('e'));
    const local = await services({ images: { [gmsh]: held(), [digest('c')]: held() } });
    const known = await local.services.pin('gmsh', never);
    expect(known).toMatchObject({ pinned: { digest: digest('c') }, present: true });
    expect(local.services.resolve(serviceOf('  service: gmsh'))?.ref).toBe(digest('c'));
  });

  it('that nobody has pinned are held to what they stand for when a launch is planned, and stay unpinned', async () => {
    const task = serviceOf('  service: gmsh');
    const run = { task, offline: false };
    const own = await services({ images: { [gmsh]: held(), [digest('c')]: held() } });
    await own.services.settle(run, never);
    expect(own.services.resolve(task)).toMatchObject({ ref: digest('c'), image: gmsh, pinned: null });
    const from = held({ RepoDigests: [`ghcr.io/sciagent-ai/gmsh@${digest('e')}`] });
    const fetched = await services({ images: { [gmsh]: from }, registry: { [gmsh]: digest('f') } });
    await fetched.services.settle(run, never);
    // The one that would run, not the newest.
    expect(fetched.services.resolve(task)?.ref).toBe(`ghcr.io/sciagent-ai/gmsh@${digest('e')}`);
    const absent = await services({ registry: { [gmsh]: digest('f') } });
    await absent.services.settle(run, never);
    expect(absent.services.resolve(task)?.ref).toBe(`ghcr.io/sciagent-ai/gmsh@${digest('f')}`);
    await expect(absent.services.settle({ task, offline: true }, never)).rejects.toMatchObject({
      code: 'source_unavailable',
      remedy: 'Fetch it: transect services pull gmsh',
    });
    expect(absent.services.resolve(task)?.ref).toBe(gmsh);
    await absent.services.pin('gmsh', never);
    await absent.services.settle({ task, offline: true }, never);
    expect(absent.services.resolve(task)).toMatchObject({ pinned: digest('f') });
  });

  it('that nobody has are refused with the registry’s words, and nothing is pinned', async () => {
    const denied = { lines: [{ error: 'pull access denied' }] };
    const { services: known } = await services({ pulls: { [gmsh]: denied } });
    await expect(known.pin('gmsh', never)).rejects.toMatchObject({
      code: 'source_unavailable',
      message: expect.stringContaining('pull access denied') as string,
    });
    expect((await known.show('gmsh', never)).pinned).toBeNull();
    await expect(allOf(known.pull('openfoam', never))).rejects.toMatchObject({ code: 'source_unavailable' });
  });

  it('are fetched with steps that say how far it is', async () => {
    const lines = [
      { status: 'Pulling from sciagent-ai/gmsh', id: 'latest' },
      { status: 'Downloading', id: 'a', progressDetail: { current: 50, total: 100 } },
      { status: 'Download complete', id: 'a', progressDetail: {} },
      { status: 'Status: Downloaded newer image' },
    ];
    const { services: known } = await services({ pulls: { [gmsh]: { lines, then: held() } } });
    const steps = await allOf(known.pull('gmsh', never));
    expect(steps[0]).toMatchObject({ done: false, message: expect.stringContaining('ghcr.io') as string });
    expect(steps.at(-1)).toMatchObject({ done: true, bytes: 123_456_789, message: 'gmsh is fetched.' });
    expect(steps.filter(({ done }) => done)).toHaveLength(1);
  });
});

describe('through the command line and the API', () => {
  it('the catalogue is shown where no container engine answers, and says so', async () => {
    const at = workspace();
    const common = ['--data-root', at.path];
    const list = await cli(['services', 'list', 'fluid', 'dynamics', ...common]);
    expect(list.code).toBe(0);
    expect(list.stdout).toContain('openfoam');
    expect(list.stdout).not.toContain('rdkit');
    expect(list.stderr).toContain('no container engine');
    const one = await cli(['services', 'show', 'gromacs', ...common]);
    expect(one.stdout).toContain('8 GiB of memory (better 32)');
    const unknown = await cli(['services', 'show', 'gromax', ...common]);
    expect(unknown).toMatchObject({ code: 65, stderr: expect.stringContaining('gromacs') as string });
    const pin = await cli(['services', 'pin', 'gromacs', '--json', ...common]);
    expect(pin.code).toBe(69);
    expect(JSON.parse(pin.stdout)).toMatchObject({ error: { code: 'backend_unavailable' } });
  });

  it('a service never runs where there is no container', async () => {
    const at = workspace();
    startEngine(at);
    const { client } = await whenReady(at);
    const text = serviceTask('').replace('backend: docker', 'backend: auto');
    await expect(client('submitJob', { text, baseDir: tempFolder() })).rejects.toMatchObject({
      code: 'backend_unavailable',
      remedy: 'Start Docker.',
    });
    await expect(client('submitJob', { text, baseDir: tempFolder(), backend: 'process' })).rejects.toMatchObject({
      code: 'denied',
    });
  });
});
