import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { readArchive } from '../../../src-main/engine/images/foreign-archive.ts';
import { makeWorkerImages } from '../../../src-main/engine/images/make-worker-images.ts';
import { ownArch } from '../../../src-main/engine/images/own-arch.ts';
import { askEngine } from '../../helpers/ask-engine.ts';
import { dockerClient, dockerHost, hasDockerd } from '../../helpers/dockerd.ts';
import { cli, startEngine, until, whenReady, workspace } from '../../helpers/programs.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { bundle, debianImage, hasDebian, never } from '../../helpers/worker-image.ts';

const coldMs = 300_000;
const example = resolve(import.meta.dirname, '../../../examples/spatiotemporal/tasks/example_stac_preview.yaml');
const withDocker = { DOCKER_HOST: dockerHost ?? '' };

describe.skipIf(!hasDockerd() || !hasDebian())('in a real container engine', () => {
  test('the image is made once, whoever asks, and is found again', { timeout: coldMs }, async () => {
    const docker = dockerClient();
    const images = makeWorkerImages(bundle, process.env);
    const [one, two] = await Promise.all([images.ensure(docker, never), images.ensure(docker, never)]);
    expect(two).toEqual(one);
    expect(one.digest).toBe((await debianImage()).id);
    const steps: string[] = [];
    expect(await makeWorkerImages(bundle, process.env).ensure(docker, never, (step) => steps.push(step))).toEqual(one);
    expect(steps).toEqual([]);

    const found = await docker.getImage(one.ref).inspect();
    expect(found.Size).toBeLessThan(200_000_000);
    expect(found.Config.User).toBe('10001:10001');
  });

  test('an image that only says to be this worker is not believed', { timeout: coldMs }, async () => {
    const docker = dockerClient();
    const other = { ...bundle, version: '9.9.9', sha256: `${'ab'.repeat(6)}${bundle.sha256.slice(12)}` };
    const images = makeWorkerImages(other, process.env);
    const ref = `transect-worker:9.9.9-${'ab'.repeat(6)}-${ownArch()}`;
    const [repo, tag] = ref.split(':');
    const changes = [`LABEL org.transect.bundle.sha256=${other.sha256}`];
    const empty = pack();
    empty.entry({ name: 'app/worker.js' }, 'another worker');
    empty.finalize();
    await text(await docker.importImage(Readable.from(empty), { repo, tag, changes }));
    const before = (await docker.getImage(ref).inspect()).Id;
    const { id } = await images.ensure(docker, never);
    expect(id).not.toBe(before);
    for (const name of [ref, before]) await docker.getImage(name).remove({ force: true });
  });

  test('a run in it gives the bytes that a process gives', { timeout: coldMs }, async () => {
    const docker = dockerClient();
    const { ref } = await makeWorkerImages(bundle, process.env).ensure(docker, never);
    const folder = tempFolder();
    const [inside, outside] = ['inside', 'outside'].map((name) => join(folder, name));
    for (const place of [inside!, outside!]) {
      mkdirSync(place, { mode: 0o777 });
      cpSync(example, join(place, 'task.yaml'));
    }
    const args = (place: string) => [
      '--task',
      `${place}/task.yaml`,
      '--out',
      place,
      '--job-id',
      '20260101t000000z-x-aaaaaa',
      '--offline',
    ];
    const container = await docker.createContainer({
      Image: ref,
      Cmd: args('/out'),
      User: `${process.getuid!()}:${process.getgid!()}`,
      HostConfig: {
        Binds: [`${inside!}:/out`],
        ReadonlyRootfs: true,
        Tmpfs: { '/tmp': 'size=64m' },
        NetworkMode: 'none',
        CapDrop: ['ALL'],
      },
    });
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    await container.remove();
    expect(StatusCode).toBe(0);

    const child = spawn(process.execPath, [bundle.program, ...args(outside!)], { stdio: 'ignore', env: { TZ: 'UTC' } });
    expect(await new Promise((done) => child.on('close', done))).toBe(0);
    for (const part of ['maps', 'tables', 'figures']) {
      const names = readdirSync(join(outside!, part)).sort();
      expect(names.length).toBeGreaterThan(0);
      expect(readdirSync(join(inside!, part)).sort()).toEqual(names);
      for (const name of names)
        expect([
          name,
          readFileSync(join(inside!, part, name)).equals(readFileSync(join(outside!, part, name))),
        ]).toEqual([name, true]);
    }
  });

  test('the command line builds, lists, saves and loads', { timeout: coldMs }, async () => {
    const root = workspace();
    const image = (...args: string[]) => cli(['image', ...args, '--data-root', root.path], withDocker);
    const built = await image('build', '--arch', 'amd64,arm64', '--json');
    expect(built).toMatchObject({ code: 0, stderr: '' });
    const { images } = JSON.parse(built.stdout);
    expect(images).toMatchObject([
      { arch: 'amd64', current: true, base: 'debian', workerVersion: bundle.version, bundleSha256: bundle.sha256 },
      { arch: 'arm64', current: true },
    ]);

    const file = join(tempFolder(), 'worker.tar');
    const saved = await image('save', file, '--arch', 'arm64');
    expect(saved).toMatchObject({ code: 0 });
    expect(saved.stderr).toContain(`Writing ${file}`);
    expect(statSync(file).size).toBeLessThan(100_000_000);
    expect(await image('save', file)).toMatchObject({ code: 73 });

    await dockerClient().getImage(images[1].ref).remove({ force: true });
    const loaded = await image('load', file);
    expect(loaded).toMatchObject({ code: 0, stdout: `Loaded ${file}\n` });
    const listed = await image('list', '--json');
    expect(JSON.parse(listed.stdout).images).toContainEqual(images[1]);

    expect(await image('load', example)).toMatchObject({ code: 65 });
    expect(await image('load', root.path)).toMatchObject({ code: 65 });
    const missing = await image('load', join(root.path, 'nothing.tar'));
    expect(missing).toMatchObject({ code: 65, stderr: expect.stringContaining('There is no file') });
    const pushed = await image('push', 'not a name');
    expect(pushed).toMatchObject({ code: 65, stderr: expect.stringContaining('is no name of an image') });
  });

  test('Ctrl-C ends a build, and nothing half-made is left', { timeout: coldMs }, async () => {
    const root = workspace();
    const cache = tempFolder();
    const env = { ...withDocker, TRANSECT_CACHE: cache };
    const program = resolve(import.meta.dirname, '../../../out/programs/cli/cli.js');
    startEngine(root, env);
    await whenReady(root);
    const args = [program, 'image', 'build', '--arch', 'arm64', '--base', 'debian', '--data-root', root.path];
    await dockerClient()
      .getImage(`transect-worker:${bundle.version}-${bundle.sha256.slice(0, 12)}-arm64`)
      .remove({ force: true })
      .catch(() => undefined);
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env, INIT_CWD: '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise((done) => child.on('close', done));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until('the build to begin', 30_000, () => said.includes('Node and its libraries'));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(said).toContain('Stopped.');
    await until(
      'the engine to tidy up',
      30_000,
      () =>
        !existsSync(join(cache, 'images')) ||
        readdirSync(join(cache, 'images')).every((name) => /\.(layer|json)$/.test(name)),
    );
  });
});

test(
  'without a container engine images are saved all the same, and the rest says what is missing',
  { timeout: coldMs },
  async () => {
    const root = workspace();
    const image = (...args: string[]) => cli(['image', ...args, '--data-root', root.path]);
    expect(await image('list')).toMatchObject({ code: 69, stderr: expect.stringContaining('what to do') });
    expect(await image('build')).toMatchObject({ code: 69 });
    if (!hasDebian()) return;
    const file = join(tempFolder(), 'worker.tar');
    expect(await image('save', file, '--arch', 'amd64')).toMatchObject({ code: 0 });
    await using archive = await open(file);
    expect((await readArchive(archive, file)).refs).toEqual([(await debianImage('amd64')).ref]);
  },
);

test('a page of the window loads, saves and sends nothing', async () => {
  const root = workspace();
  startEngine(root);
  await whenReady(root);
  const bodies = { load: { file: '/x' }, save: { file: '/x' }, push: { ref: 'x' } };
  for (const [verb, body] of Object.entries(bodies)) {
    const asking = { method: 'POST', headers: { 'x-transect-caller': 'window' }, body: JSON.stringify(body) };
    expect(await askEngine(root, `/api/v1/images/${verb}`, asking)).toMatchObject({ status: 403 });
  }
});

describe('an archive from somewhere else', () => {
  const label = { 'org.transect.bundle.sha256': 'a'.repeat(64) };
  const manifest = (RepoTags: string[] | null) => JSON.stringify([{ Config: 'c.json', RepoTags, Layers: ['l.tar'] }]);
  const config = (labels: object) => JSON.stringify({ config: { Labels: labels } });

  async function archiveOf(...files: [string, string][]): Promise<string> {
    const archive = pack();
    for (const [name, text] of files) archive.entry({ name }, text);
    archive.finalize();
    const path = join(tempFolder(), 'a.tar');
    writeFileSync(path, await buffer(archive));
    return path;
  }

  test.each([
    [
      'with a tag of somebody else',
      [
        ['manifest.json', manifest(['transect-worker:1', 'debian:12'])],
        ['c.json', config(label)],
      ],
    ],
    [
      'with an image that is no worker',
      [
        ['manifest.json', manifest(['transect-worker:1'])],
        ['c.json', config({})],
      ],
    ],
    [
      'without a name',
      [
        ['manifest.json', manifest(null)],
        ['c.json', config(label)],
      ],
    ],
    ['without a manifest', [['c.json', config(label)]]],
    ['with a manifest that is none', [['manifest.json', '[{"Config": 3}]']]],
    ['that is empty', []],
  ] as [string, [string, string][]][])('%s is refused', async (_, files) => {
    const path = await archiveOf(...files);
    await using file = await open(path);
    await expect(readArchive(file, path)).rejects.toMatchObject({ code: 'bad_data' });
  });

  test('is handed on with what was checked and nothing else', async () => {
    const path = await archiveOf(
      ['index.json', '{"manifests": "of another image"}'],
      ['manifest.json', manifest(['transect-worker:1'])],
      ['./manifest.json', manifest(['debian:12'])],
      ['c.json', config(label)],
      ['l.tar', 'layer'],
      ['manifest.json', manifest(['debian:12'])],
      ['c.json', config({ other: 'x' })],
      ['../escape', 'x'],
    );
    await using file = await open(path);
    const archive = await readArchive(file, path);
    expect(archive.refs).toEqual(['transect-worker:1']);
    const clean = join(tempFolder(), 'clean.tar');
    writeFileSync(clean, await buffer(archive.cleaned()));
    const text = readFileSync(clean, 'latin1');
    expect(text).toContain('transect-worker:1');
    expect(text).toContain(config(label));
    for (const other of ['debian:12', 'index.json', 'escape', config({ other: 'x' })])
      expect(text).not.toContain(other);
  });
});
