import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { credentialsOf } from '../../../src-worker/io/remote/credentials.ts';
import { PlanetaryComputer } from '../../../src-worker/io/remote/planetary-computer.ts';
import type { Listening } from '../../../scripts/stac-server/listen.ts';
import { listen, pathOf, send } from '../../../scripts/stac-server/listen.ts';
import { jsonAnswer } from '../../../scripts/stac-server/range-answer.ts';
import { failureOf, reader } from './support.ts';
import type { ReaderOptions } from './support.ts';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

async function sent(href: string, options: ReaderOptions, headers: Record<string, string> = {}) {
  const ctx = reader(options);
  const request = await ctx.remote?.sign(href, 'GET', headers, ctx);
  if (request === undefined) throw new Error('nothing signs');
  return request;
}

/** The signature that AWS's own description of version 4 gives for a request without a body ("Create a signed request"). */
function signatureV4(url: string, headers: Readonly<Record<string, string>>, region: string): string {
  const authorization = headers['authorization'] ?? '';
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '';
  const { host, pathname } = new URL(url);
  const values = names.split(';').map((name) => `${name}:${name === 'host' ? host : (headers[name] ?? '')}\n`);
  const canonical = ['GET', pathname, '', values.join(''), names, 'UNSIGNED-PAYLOAD'].join('\n');
  const at = headers['x-amz-date'] ?? '';
  const scope = `${at.slice(0, 8)}/${region}/s3/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${at}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const signing = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  return hmac(signing, text).toString('hex');
}

describe('requests to buckets', () => {
  test('carry a signature of version 4 over their path, and what the requester pays', async () => {
    const access = { region: 'eu-central-1', requester_pays: true };
    const request = await sent(
      's3://bucket/a b(1)+é.tif',
      { access, credentials: { s3: keys } },
      { range: 'bytes=0-9' },
    );
    expect(request.url).toBe('https://bucket.s3.eu-central-1.amazonaws.com/a%20b%281%29%2B%C3%A9.tif');
    const authorization = request.headers['authorization'] ?? '';
    expect(authorization).toContain(`Credential=${keys.accessKeyId}/`);
    expect(authorization).toMatch(/SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-request-payer,/);
    expect(request.headers).toMatchObject({ 'x-amz-request-payer': 'requester', range: 'bytes=0-9' });
    expect(/Signature=([0-9a-f]{64})/.exec(authorization)?.[1]).toBe(
      signatureV4(request.url, request.headers, 'eu-central-1'),
    );
    expect(JSON.stringify(request)).not.toContain(keys.secretAccessKey);
  });

  test('carry nothing when there are no credentials', async () => {
    expect(await sent('s3://bucket/a.tif', {})).toEqual({ url: 'https://bucket.s3.amazonaws.com/a.tif', headers: {} });
    expect(await sent('gs://bucket/a.tif', {})).toEqual({
      url: 'https://storage.googleapis.com/bucket/a.tif',
      headers: {},
    });
    expect(await sent('https://a.example/a.tif', { credentials: { s3: keys } })).toEqual({
      url: 'https://a.example/a.tif',
      headers: {},
    });
  });

  test('to Google are signed with HMAC keys, or carry a token', async () => {
    const signed = await sent('gs://bucket/a.tif', { credentials: { gs: keys } });
    expect(signed.headers['authorization']).toMatch(/\/auto\/s3\/aws4_request, /);
    const access = { requester_pays: true, billing_project: 'my-project' };
    const token = await sent('gs://bucket/a.tif', { access, credentials: { gsToken: 'ya29.x' } });
    expect(token.headers).toEqual({ authorization: 'Bearer ya29.x', 'x-goog-user-project': 'my-project' });
  });

  test('carry no token or shared access signature where others could read it', async () => {
    const access = { endpoint: 'http://objects.example', account: 'acc' };
    const token = sent('gs://bucket/a.tif', { access, credentials: { gsToken: 'ya29.x' } });
    const sas = sent('az://container/a.tif', { access, credentials: { azSas: 'sig=x' } });
    const session = { s3: { ...keys, sessionToken: 'SESSION' } };
    const temporary = sent('s3://bucket/a.tif', { access, credentials: session });
    // A name may begin like an address of this machine.
    const named = { access: { endpoint: 'http://127.evil.example.org' }, credentials: session };
    for (const refused of [token, sas, temporary, sent('s3://bucket/a.tif', named)]) {
      const error = await failureOf(refused);
      expect(error.code).toBe('denied');
      expect(error.message).toMatch(/not encrypted/);
    }
    // A signature shows nothing of its key.
    const signed = await sent('s3://bucket/a.tif', { access, credentials: { s3: keys } });
    expect(signed.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 /);
    for (const endpoint of ['http://localhost:1', 'http://127.0.0.2:1', 'http://[::1]:1', 'https://objects.example']) {
      const own = await sent('s3://bucket/a.tif', { access: { endpoint }, credentials: session });
      expect(own.headers['x-amz-security-token']).toBe('SESSION');
    }
  });

  test('to another Azure account than the task’s carry no credential of it', async () => {
    const options = { access: { account: 'mine' }, credentials: { azSas: 'sv=1&sig=SECRET', azKey: 'c2VjcmV0' } };
    const mine = await sent('az://container/a.tif', options);
    expect(mine.url).toBe('https://mine.blob.core.windows.net/container/a.tif?sv=1&sig=SECRET');
    expect((await sent('https://mine.blob.core.windows.net/c/a.tif', options)).url).toMatch(/\?sv=1&sig=SECRET$/);
    for (const other of [
      'abfs://container@other.dfs.core.windows.net/a.tif',
      'https://other.blob.core.windows.net/c/a',
    ])
      expect(JSON.stringify(await sent(other, options))).not.toMatch(/SECRET|authorization/);
  });

  test('to an address that leads nowhere are not made', async () => {
    expect((await failureOf(sent('az://container/a.tif', {}))).message).toMatch(/names no storage account/);
    expect((await failureOf(sent('s3://B/a.tif', {}))).code).toBe('invalid_task');
  });
});

describe('credentials', () => {
  const values = new Map(
    Object.entries({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: 't' }),
  );
  const task = (more: string) =>
    requireTask(
      Buffer.from(
        `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: {raster: a.tif}\nanalysis: {type: raster_summary}\noutputs: {}\n${more}`,
      ),
    ).task;
  const s3 = 'AWS_ACCESS_KEY_ID: {secret: a}, AWS_SECRET_ACCESS_KEY: {secret: b}';

  test('are those that the task lists, and no others that lie about', () => {
    expect(credentialsOf(task(`secrets: {${s3}}`), values).s3).toEqual({ accessKeyId: 'id', secretAccessKey: 'key' });
    expect(credentialsOf(task(`secrets: {${s3}, AWS_SESSION_TOKEN: {secret: c}}`), values).s3?.sessionToken).toBe('t');
    expect(credentialsOf(task('secrets: {AWS_ACCESS_KEY_ID: {secret: a}}'), values).s3).toBeNull();
    expect(credentialsOf(task(''), values).s3).toBeNull();
    expect(credentialsOf(task(`secrets: {${s3}}\naccess: {anonymous: true}`), values).s3).toBeNull();
  });
});

describe('the Planetary Computer', () => {
  let server: Listening;
  let asked: string[];
  let expiry: () => string;
  beforeEach(async () => {
    asked = [];
    expiry = () => new Date(Date.now() + 3_600_000).toISOString();
    server = await listen(0, async (request, response) => {
      asked.push(pathOf(request));
      await Promise.resolve();
      const token = `sv=1&sig=TOKEN${asked.length}`;
      send(response, jsonAnswer(pathOf(request).endsWith('/none') ? {} : { token, 'msft:expiry': expiry() }));
    });
  });
  afterEach(() => server.close());
  const scene = 'https://acc.blob.core.windows.net/scenes/a.tif';

  test('is asked once for each container, when a file is read', async () => {
    const planetaryComputer = new PlanetaryComputer(server.url);
    const urls = await Promise.all(
      [
        scene,
        `${scene}?x=1`,
        'https://acc.blob.core.windows.net/other/b.tif',
        'abfs://scenes@acc.dfs.core.windows.net/c.tif',
      ].map(async (href) => (await sent(href, { planetaryComputer })).url),
    );
    expect(asked.sort()).toEqual(['/acc/other', '/acc/scenes']);
    expect(urls[0]).toMatch(/^https:\/\/acc\.blob\.core\.windows\.net\/scenes\/a\.tif\?sv=1&sig=TOKEN\d$/);
    expect(urls[1]).toMatch(/a\.tif\?x=1&sv=1&sig=TOKEN\d$/);
    expect(urls[3]).toMatch(/\/scenes\/c\.tif\?sv=1&sig=TOKEN\d$/);
  });

  test('is asked again when a token is about to end', async () => {
    let now = Date.now();
    const planetaryComputer = new PlanetaryComputer(server.url, () => now);
    const read = async () => (await sent(scene, { planetaryComputer })).url;
    expect(await read()).toMatch(/TOKEN1$/);
    now += 3_500_000;
    expect(await read()).toMatch(/TOKEN1$/);
    now += 60_000;
    expect(await read()).toMatch(/TOKEN2$/);
  });

  test('is not asked for what is signed already, for other hosts, or when the task does not want it', async () => {
    const planetaryComputer = new PlanetaryComputer(server.url);
    for (const href of [`${scene}?sig=mine`, 'https://a.example/a.tif', 's3://bucket/a.tif'])
      await sent(href, { planetaryComputer });
    expect((await sent(scene, {})).url).toBe(scene);
    expect(asked).toEqual([]);
  });

  test('that gives no token is an error of its own, and asked again next time', async () => {
    const planetaryComputer = new PlanetaryComputer(server.url);
    const none = 'https://acc.blob.core.windows.net/none/a.tif';
    for (const time of [1, 2]) {
      expect((await failureOf(sent(none, { planetaryComputer }))).message).toMatch(/sent no read token for acc\/none/);
      expect(asked).toHaveLength(time);
    }
  });
});
