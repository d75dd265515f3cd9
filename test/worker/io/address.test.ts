import { describe, expect, test } from 'vitest';
import { accessProblems, Access } from '../../../src-shared/task/access.ts';
import { httpAddress, parseBucketAddress } from '../../../src-shared/task/object-address.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { webHosts } from '../../../src-shared/task/web-sources.ts';
import { redactHref } from '../../../src-worker/io/redact.ts';

function taskText(inputs: string, more = ''): string {
  return `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: ${inputs}\nanalysis: {type: raster_summary}\noutputs: {}\n${more}`;
}

function problemsOf(inputs: string, more = ''): string[] {
  return readTask(taskText(inputs, more)).problems.map(({ path, message }) => `${path}: ${message}`);
}

function hostsOf(inputs: string, more = ''): string[] {
  const { task, problems } = readTask(taskText(inputs, more));
  if (task === null) throw new Error(problems.map(({ message }) => message).join('; '));
  return webHosts(task);
}

test('the server of the buckets is among the hosts that a task names: its items refer to buckets', () => {
  const access = Access.parse({ endpoint: 'http://10.0.0.5:9000' });
  expect(webHosts({ inputs: { items: ['item.json'] }, access })).toEqual(['10.0.0.5:9000']);
});

describe('bucket addresses', () => {
  test.each([
    ['s3://bucket/a/b.tif', {}, 'https://bucket.s3.amazonaws.com/a/b.tif'],
    ['s3://bucket/a/b.tif', { region: 'us-west-2' }, 'https://bucket.s3.us-west-2.amazonaws.com/a/b.tif'],
    ['s3://bucket/a', { region: 'cn-north-1' }, 'https://bucket.s3.cn-north-1.amazonaws.com.cn/a'],
    ['s3://dotted.name/a', { region: 'eu-west-1' }, 'https://s3.eu-west-1.amazonaws.com/dotted.name/a'],
    ['s3://bucket/a b+c%20?#.tif', {}, 'https://bucket.s3.amazonaws.com/a%20b%2Bc%2520%3F%23.tif'],
    ["S3://bucket/(é)!*'", {}, 'https://bucket.s3.amazonaws.com/%28%C3%A9%29%21%2A%27'],
    ['s3://bucket/a', { endpoint: 'http://127.0.0.1:9000/' }, 'http://127.0.0.1:9000/bucket/a'],
    ['gs://gcp-public-data/a/b.tif', {}, 'https://storage.googleapis.com/gcp-public-data/a/b.tif'],
    ['az://container/a.tif', { account: 'naipeuwest' }, 'https://naipeuwest.blob.core.windows.net/container/a.tif'],
    ['abfs://c-1@acc.dfs.core.windows.net/x', {}, 'https://acc.blob.core.windows.net/c-1/x'],
    ['abfss://c-1@acc.blob.core.windows.net/x', {}, 'https://acc.blob.core.windows.net/c-1/x'],
    ['az://container/a', { account: 'acc', endpoint: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1/acc/container/a'],
    ['s3://bucket', {}, 'https://bucket.s3.amazonaws.com/'],
    ['https://a.example/x?y', {}, 'https://a.example/x?y'],
  ])('%s leads to its server', (href, access, url) => {
    expect(httpAddress(href, access)).toBe(url);
  });

  test.each([
    ...[
      's3://',
      's3:///key',
      's3://UPPER/key',
      's3://a/key',
      's3://a..b/key',
      's3://u:p@bucket/key',
      's3://bucket:80/key',
    ],
    ...['gs://user@bucket/key', 'az://c-1@evil.example/key', 'az://c-1@acc.dfs.core.windows.net.evil.example/key'],
    ...['s3://bucket/../key', 's3://bucket/a/./b', 's3://bucket/\ud800', 'ftp://bucket/key', 'bucket/key'],
  ])('%s is none', (href) => {
    expect(parseBucketAddress(href)).toBeNull();
    expect(httpAddress(href, { account: 'acc' })).toBeNull();
  });

  test('an Azure address without an account leads nowhere, and the task says so', () => {
    expect(httpAddress('az://container/a.tif', {})).toBeNull();
    expect(problemsOf('{raster: "az://container/a.tif"}')).toEqual([
      expect.stringMatching(
        /^inputs: az:\/\/container\/a\.tif names no storage account: set access\.account/,
      ) as string,
    ]);
    expect(problemsOf('{raster: "az://container/a.tif"}', 'access: {account: acc}')).toEqual([]);
  });

  test('a task takes them where it takes addresses, and refuses malformed ones', () => {
    expect(problemsOf('{raster: "s3://sentinel-cogs/a b.tif"}')).toEqual([]);
    expect(problemsOf('{raster: "s3://B/a.tif"}')[0]).toMatch(/must be s3:\/\/BUCKET\/KEY/);
    expect(problemsOf('{raster: "ftp://a.example/a.tif"}')[0]).toMatch(
      /http\(s\), s3, gs, az and abfs, or a local path/,
    );
  });

  test('names in messages keep the key and no secret', () => {
    expect(redactHref('s3://bucket/a b?c#d.tif')).toBe('s3://bucket/a b?c#d.tif');
    expect(redactHref('s3://id:secret@bucket/a.tif')).not.toContain('secret');
    expect(redactHref('https://u:p@a.example/x?sig=1')).toBe('https://a.example/x');
  });
});

describe('the hosts of a run', () => {
  test('are those that bucket addresses lead to', () => {
    const inputs =
      '{rasters: ["s3://bucket/a.tif", "gs://b-2/a.tif", "abfs://c-1@acc.dfs.core.windows.net/a.tif", b.tif]}';
    expect(hostsOf(inputs)).toEqual(['acc.blob.core.windows.net', 'bucket.s3.amazonaws.com', 'storage.googleapis.com']);
    expect(hostsOf(inputs, 'access: {endpoint: "http://127.0.0.1:9000"}')).toEqual(['127.0.0.1:9000']);
  });

  test('have the Planetary Computer among them where its tokens are needed', () => {
    const raster = '{raster: "https://acc.blob.core.windows.net/c/a.tif"}';
    expect(hostsOf(raster)).toEqual(['acc.blob.core.windows.net']);
    expect(hostsOf(raster, 'access: {planetary_computer: true}')).toEqual([
      'acc.blob.core.windows.net',
      'planetarycomputer.microsoft.com',
    ]);
  });
});

describe('the access block', () => {
  const open = Access.parse({});
  test('has defaults for public data', () => {
    expect(open).toEqual({
      anonymous: false,
      requester_pays: false,
      planetary_computer: false,
      whole_downloads: false,
    });
    expect(accessProblems(open, [])).toEqual([]);
  });

  test.each([
    ['{region: "a/b"}', /access\.region: must be the name of a region/],
    ['{endpoint: "https://a.example/path"}', /access\.endpoint: must be the address of a server/],
    ['{endpoint: "https://u:p@a.example"}', /access\.endpoint/],
    ['{endpoint: "ftp://a.example"}', /access\.endpoint/],
    ['{account: "No"}', /access\.account: must be the name of a storage account/],
    ['{requester_pays: true}', /access\.requester_pays: needs credentials: list AWS_ACCESS_KEY_ID/],
    ['{requester_pays: true, anonymous: true}', /access\.requester_pays: .*remove anonymous/],
    ['{retries: 3}', /retries/],
  ])('%s is refused', (access, message) => {
    expect(problemsOf('{raster: a.tif}', `access: ${access}`).join('\n')).toMatch(message);
  });

  test('wants the account and the project that credentials are for', () => {
    const azure = 'secrets: {AZURE_STORAGE_SAS_TOKEN: {secret: sas}}\naccess: {region: us-west-2}';
    expect(problemsOf('{raster: a.tif}', azure).join()).toMatch(/access\.account: is needed with Azure credentials/);
    const google = 'secrets: {GOOGLE_ACCESS_TOKEN: {secret: t}}\naccess: {requester_pays: true}';
    expect(problemsOf('{raster: a.tif}', google).join()).toMatch(/access\.billing_project: is needed/);
  });
});
