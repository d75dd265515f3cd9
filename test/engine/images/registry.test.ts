import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { composeImage } from '../../../src-main/engine/images/image.ts';
import { loginAt } from '../../../src-main/engine/images/registry/docker-auth.ts';
import { pushImages } from '../../../src-main/engine/images/registry/push.ts';
import { parseReference } from '../../../src-main/engine/images/registry/reference.ts';
import { Repository } from '../../../src-main/engine/images/registry/registry.ts';
import { hasRegistry, startRegistry } from '../../helpers/registry.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { builder, bundle, debianImage, hasDebian, never, noSteps, standInBase } from '../../helpers/worker-image.ts';

const coldMs = 300_000;
const indexType = 'application/vnd.oci.image.index.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

test.each([
  ['node:24-slim', 'docker.io', 'library/node', '24-slim', 'https://registry-1.docker.io'],
  ['team/worker', 'docker.io', 'team/worker', null, 'https://registry-1.docker.io'],
  ['docker.io/library/node:24', 'docker.io', 'library/node', '24', 'https://registry-1.docker.io'],
  ['registry.example.org/a/b-c:1.0', 'registry.example.org', 'a/b-c', '1.0', 'https://registry.example.org'],
  ['registry.example.org:5000/a', 'registry.example.org:5000', 'a', null, 'https://registry.example.org:5000'],
  ['localhost/a:x', 'localhost', 'a', 'x', 'http://localhost'],
  ['127.0.0.1:5000/a/b', '127.0.0.1:5000', 'a/b', null, 'http://127.0.0.1:5000'],
  ['[::1]:5000/a', '[::1]:5000', 'a', null, 'http://[::1]:5000'],
])('the name %s is read as container engines do', (text, registry, repository, tag, url) => {
  expect(parseReference(text)).toMatchObject({ registry, repository, tag, url, digest: null });
});

test.each([
  '',
  'Upper/case',
  'a:',
  'a b',
  'a@sha256:12',
  'https://registry.example.org/a',
  '../a',
  'a//b',
  'a:a:a',
  'registry.example.org:99999/a',
  '../../a',
  '-a.example/b',
])('%j is no name of an image', (text) => {
  expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'bad_data' }));
});

test('logins are read from Docker’s file, and its programs are never run', () => {
  const place = (content: string | null) => {
    const folder = tempFolder();
    if (content !== null) writeFileSync(join(folder, 'config.json'), content);
    return { DOCKER_CONFIG: folder };
  };
  const auths = { 'a.example': { auth: 'YTpi' }, 'https://b.example': { username: 'u', password: 'p' } };
  const env = place(JSON.stringify({ auths, credHelpers: { 'c.example': 'ecr-login' }, credsStore: 'desktop' }));
  expect(loginAt('a.example', env)).toEqual({ kind: 'basic', header: 'Basic YTpi' });
  expect(loginAt('b.example', env)).toEqual({
    kind: 'basic',
    header: `Basic ${Buffer.from('u:p').toString('base64')}`,
  });
  expect(loginAt('c.example', env)).toMatchObject({ kind: 'helper', helper: 'docker-credential-ecr-login' });
  expect(loginAt('d.example', env)).toMatchObject({ kind: 'helper', helper: 'docker-credential-desktop' });
  expect(loginAt('a.example', place(null))).toEqual({ kind: 'none' });
  expect(() => loginAt('a.example', place('{"auths": {"a.example": {"auth": "YTpi"'))).toThrow(
    expect.objectContaining({ code: 'bad_data', message: expect.not.stringContaining('YTpi') }),
  );
  const reference = parseReference('c.example/x');
  expect(() => new Repository(reference, 'pull,push', env, never)).toThrow(
    expect.objectContaining({ code: 'denied', remedy: expect.stringContaining('DOCKER_CONFIG') }),
  );
});

describe.skipIf(!hasDebian() || !hasRegistry())('a real registry', () => {
  test('takes both architectures under one name, with the person’s login', { timeout: coldMs }, async () => {
    const registry = await startRegistry({ withLogin: true });
    const images = [await debianImage('amd64'), await debianImage('arm64')];
    const ref = `${registry.name}/team/transect-worker`;

    const nobody = registry.config(null);
    await expect(pushImages(ref, images, nobody, never, noSteps)).rejects.toMatchObject({
      code: 'denied',
      remedy: `Log in first: docker login ${registry.name}`,
    });
    const wrong = registry.config({ auths: { [registry.name]: { username: 'tester', password: 'wrong' } } });
    await expect(pushImages(ref, images, wrong, never, noSteps)).rejects.toMatchObject({
      code: 'denied',
      remedy: expect.stringContaining('docker login'),
    });

    const { name, digest } = await pushImages(ref, images, registry.loggedIn, never, noSteps);
    expect(name).toBe(`${ref}:${bundle.version}-${bundle.sha256.slice(0, 12)}`);
    const repository = new Repository(parseReference(name), 'pull', registry.loggedIn, never);
    const index = await repository.manifest(digest, [indexType]);
    expect(JSON.parse(index.bytes.toString()).manifests).toMatchObject(
      images.map((image) => ({ digest: image.digest, platform: { architecture: image.arch, os: 'linux' } })),
    );
    for (const image of images) {
      expect((await repository.manifest(image.digest, [manifestType])).bytes).toEqual(image.manifest);
      expect(await repository.document(image.id)).toEqual(image.config);
    }

    // What is there is not sent again, and the name stands for the same.
    const again = await pushImages(ref, images, registry.loggedIn, never, noSteps);
    expect(again).toEqual({ name, digest });
    await expect(pushImages(`${ref}@${digest}`, images, registry.loggedIn, never, noSteps)).rejects.toMatchObject({
      code: 'bad_data',
    });
  });

  test('gives the base that an image is built on, by digest', { timeout: coldMs }, async () => {
    const registry = await startRegistry({ withLogin: true });
    const env = { ...process.env, TRANSECT_CACHE: tempFolder(), ...registry.loggedIn };
    const stand = composeImage(bundle, 'amd64', await standInBase(['PATH=/usr/local/bin', 'NODE_VERSION=24.21.0']), []);
    const pushed = await pushImages(
      `${registry.name}/library/node:24-slim`,
      [stand],
      registry.loggedIn,
      never,
      noSteps,
    );
    const pinned = `${registry.name}/library/node@${pushed.digest}`;

    const image = await builder(env).build('amd64', pushed.name, never, noSteps);
    const config = JSON.parse(image.config.toString());
    expect(config.config.Labels).toMatchObject({
      'org.transect.base': pinned,
      'org.opencontainers.image.base.name': `${registry.name}/library/node`,
      'org.opencontainers.image.base.digest': pushed.digest,
      'org.transect.node.version': '24.21.0',
    });
    expect(config.config.Env).toContain('PATH=/usr/local/bin');
    expect(image.layers.slice(0, 2).map(({ diffId }) => diffId)).toEqual(stand.layers.map(({ diffId }) => diffId));
    // With its digest it is known from then on, also without a registry.
    const offline = { ...env, ...registry.config(null) };
    expect((await builder(offline).build('amd64', pinned, never, noSteps)).id).toBe(image.id);

    await expect(builder(env).build('arm64', pushed.name, never, noSteps)).rejects.toMatchObject({
      code: 'bad_data',
      message: expect.stringContaining('it is for amd64, not for arm64'),
    });
    const bare = composeImage(bundle, 'amd64', await standInBase([]), []);
    const without = await pushImages(`${registry.name}/library/bare`, [bare], registry.loggedIn, never, noSteps);
    await expect(builder(env).build('amd64', without.name, never, noSteps)).rejects.toMatchObject({
      code: 'bad_data',
      message: expect.stringContaining('nothing of a Node 24'),
    });
    await expect(builder(env).build('amd64', `${registry.name}/library/node:25`, never, noSteps)).rejects.toMatchObject(
      {
        code: 'not_found',
      },
    );
  });
});

/** A registry that wants a token from elsewhere, as the public ones do; `answer` is what it sends to whoever has one. */
async function tokenRegistry(answer: (path: string) => string): Promise<{ name: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    asked.push(`${request.method} ${url} ${headers.authorization ?? '-'}`);
    if (url.startsWith('/token')) response.end('{"token":"t0ken"}');
    else if (headers.authorization !== 'Bearer t0ken') {
      const challenge = `Bearer realm="http://${name}/token",service="reg",scope="ignored"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end('{"errors":[]}');
    } else response.writeHead(200, { 'content-type': manifestType }).end(answer(url));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { name, asked };
}

test('a token is fetched where the registry says, without a login and with one', async () => {
  const { name, asked } = await tokenRegistry(() => '{}');
  const folder = tempFolder();
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [name]: { auth: 'YTpi' } } }));
  for (const env of [{ DOCKER_CONFIG: tempFolder() }, { DOCKER_CONFIG: folder }])
    await new Repository(parseReference(`${name}/a/b`), 'pull', env, never).manifest('x', [manifestType]);
  const query = '/token?service=reg&scope=repository%3Aa%2Fb%3Apull';
  expect(asked.filter((line) => line.includes('/token'))).toEqual([`GET ${query} -`, `GET ${query} Basic YTpi`]);
});

test('what is not what its digest says is refused', async () => {
  const { name } = await tokenRegistry(() => '{"layers":[]}');
  const env = { DOCKER_CONFIG: tempFolder() };
  const repository = new Repository(parseReference(`${name}/a`), 'pull', env, never);
  const digest = `sha256:${'0'.repeat(64)}`;
  await expect(repository.manifest(digest, [manifestType])).rejects.toMatchObject({ code: 'bad_data' });
  await expect(repository.document(digest)).rejects.toMatchObject({ code: 'bad_data' });
});
