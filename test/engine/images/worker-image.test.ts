import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Image } from '../../../src-main/engine/images/image.ts';
import { nodePackages, nodeVersion } from '../../../src-main/engine/images/layers/node-packages.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { builder, bundle, debianImage, filesOf, hasDebian, never, noSteps } from '../../helpers/worker-image.ts';

const root = join(import.meta.dirname, '../../..');
/** A first build fetches packages of Debian and of npm. */
const coldMs = 300_000;
const machines = { amd64: 0x3e, arm64: 0xb7 } as const;

test('the Node of images is the one of package-lock.json', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const { name, integrity } of Object.values(nodePackages))
    expect(lock.packages[`node_modules/${name}`]).toMatchObject({ version: nodeVersion, integrity });
});

describe.skipIf(!hasDebian())('a worker image on Debian’s packages', () => {
  test.each(['amd64', 'arm64'] as const)(
    'holds what the worker needs and nothing else: %s',
    { timeout: coldMs },
    async (arch) => {
      const image = await debianImage(arch);
      const files = await filesOf(image);
      const paths = [...files.keys()];

      const node = files.get('/usr/local/bin/node')!;
      expect(node.mode).toBe(0o755);
      expect(node.start.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
      expect(node.start.readUInt16LE(18)).toBe(machines[arch]);
      const triplet = arch === 'amd64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu';
      for (const name of [
        'libc.so.6',
        'libm.so.6',
        'libdl.so.2',
        'libpthread.so.0',
        'libgcc_s.so.1',
        'libstdc++.so.6',
      ]) {
        const library = files.get(`/usr/lib/${triplet}/${name}`)!;
        const real = library.type === 'symlink' ? files.get(`/usr/lib/${triplet}/${library.target!}`)! : library;
        expect([name, real.start.readUInt16LE(18)]).toEqual([name, machines[arch]]);
      }
      expect(files.get('/lib')).toMatchObject({ type: 'symlink', target: 'usr/lib' });
      expect(paths.some((path) => /\/ld-linux-(x86-64|aarch64)\.so/.test(path))).toBe(true);
      expect(files.get('/etc/ssl/certs/ca-certificates.crt')!.start.toString()).toContain('BEGIN CERTIFICATE');
      expect(files.get('/etc/passwd')!.start.toString()).toContain('worker:x:10001:10001:');
      for (const [name] of Object.entries(bundle.files)) expect(paths).toContain(`/app/${name}`);
      expect(paths).toContain('/app/manifest.json');
      expect(paths).toContain('/usr/share/doc/libc6/copyright');
      expect(paths).toContain('/usr/share/doc/node/LICENSE');

      expect(paths.filter((path) => /\/(ba|da|k|z|c|)sh$|busybox|apt|dpkg|npm|perl|\.map$/.test(path))).toEqual([]);
      for (const [path, { mode, type, owner, time }] of files) {
        // Nothing is set-uid, and nobody but root may change anything.
        const writable = path === '/tmp' || type === 'symlink' ? 0 : mode & 0o022;
        expect([path, owner, time, mode & 0o6000, writable]).toEqual([path, '0:0', 0, 0, 0]);
      }
    },
  );

  test('says what it is, and lists what is in it', { timeout: coldMs }, async () => {
    const image = await debianImage('arm64');
    const config = JSON.parse(image.config.toString());
    expect(config).toMatchObject({
      architecture: 'arm64',
      os: 'linux',
      config: {
        User: '10001:10001',
        Entrypoint: ['/usr/local/bin/node', '/app/worker.js'],
        Labels: {
          'org.transect.worker.version': bundle.version,
          'org.transect.bundle.sha256': bundle.sha256,
          'org.transect.base': 'debian',
          'org.opencontainers.image.title': 'transect-worker',
        },
      },
    });
    expect(config.rootfs.diff_ids).toHaveLength(image.layers.length);
    expect(image.ref).toBe(`transect-worker:${bundle.version}-${bundle.sha256.slice(0, 12)}-arm64`);

    const bill = JSON.parse((await filesOf(image)).get('/usr/share/sbom/transect-worker.cdx.json')!.start.toString());
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    const names = bill.components.map(({ name }: { name: string }) => name);
    for (const name of [
      'libc6',
      'libstdc++6',
      'ca-certificates',
      'node',
      'transect-worker',
      'zod',
      'vega',
      '@resvg/resvg-wasm',
    ])
      expect(names).toContain(name);
    const refs = bill.components.map((one: { 'bom-ref': string }) => one['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    for (const { version, purl } of bill.components) {
      expect(version).toMatch(/\d/);
      expect(purl).toMatch(/^pkg:(deb|npm|generic)\//);
    }
  });

  test('two builds with nothing in common give the same image', { timeout: coldMs }, async () => {
    // Both from scratch: what the tests keep may be older than what Debian has today.
    const places = [tempFolder(), tempFolder()];
    const [first, second] = await Promise.all(
      places.map((place) => debianImage('amd64', { ...process.env, TRANSECT_CACHE: place })),
    );
    expect(second!.id).toBe(first!.id);
    expect(second!.digest).toBe(first!.digest);
    // Nothing that was fetched is left beside the layers.
    const left = readdirSync(join(places[0]!, 'images')).filter((name) => !/\.(layer|json)$/.test(name));
    expect(left).toEqual([]);

    const other = builder({ ...process.env, TRANSECT_CACHE: places[0] }, { ...bundle, sha256: 'f'.repeat(64) });
    const another = await other.build('amd64', 'debian', never, noSteps);
    const lowest = (image: Image) => image.layers.slice(0, 2).map(({ digest }) => digest);
    expect(lowest(another)).toEqual(lowest(first!));
    expect(another.id).not.toBe(first!.id);
  });
});

test('a worker file that is not what the manifest lists stops the build', async () => {
  const env = { ...process.env, TRANSECT_CACHE: tempFolder() };
  const files = { ...bundle.files, 'lerc.wasm': { sha256: '0'.repeat(64) } };
  const broken = builder(env, { ...bundle, files, sha256: 'e'.repeat(64) });
  await expect(broken.bundleDiffId(never)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('lerc.wasm'),
  });
});

test('without apt or npm the error says what to do', async () => {
  const env = { PATH: tempFolder(), TRANSECT_CACHE: tempFolder() };
  await expect(debianImage('arm64', env)).rejects.toMatchObject({
    code: 'backend_unavailable',
    remedy: expect.stringContaining('transect image load FILE'),
  });
});
