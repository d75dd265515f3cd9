import { expect, it } from 'vitest';
import { runFilePolicy } from '../../src-main/shell/policy.ts';
import { answerRunFile } from '../../src-main/shell/proxy/job-files.ts';
import { linkTo, listenInEnginesPlace, token } from './engine-stub.ts';

const jobId = '20261122t014448z-example-ssjahd';

it('passes a range on to the engine and its answer back, under the shell’s own policy', async () => {
  let seen: Record<string, unknown> = {};
  const engine = await listenInEnginesPlace((request, response) => {
    seen = { ...request.headers, url: request.url, method: request.method };
    // An engine that says the wrong things.
    response.setHeader('content-security-policy', "default-src *; script-src 'unsafe-inline'");
    response.setHeader('access-control-allow-origin', '*').setHeader('set-cookie', 'a=b');
    response.writeHead(206, { 'content-range': 'bytes 2-4/9', 'content-length': '3', 'content-type': 'image/tiff' });
    response.end('abc');
  });
  const request = new Request(`job://${jobId}/maps/a%20b.tif`, { headers: { range: 'bytes=2-4', cookie: 'x' } });
  const answer = await answerRunFile(request, linkTo(engine));
  expect(seen).toMatchObject({
    method: 'GET',
    url: `/files/v1/${jobId}/maps/a%20b.tif`,
    range: 'bytes=2-4',
    authorization: `Bearer ${token}`,
  });
  expect(seen).not.toHaveProperty('cookie');
  expect(answer.status).toBe(206);
  expect(await answer.text()).toBe('abc');
  expect(Object.fromEntries(answer.headers)).toEqual({
    'access-control-allow-origin': 'app://transect',
    'access-control-expose-headers': 'accept-ranges, content-length, content-range, etag, last-modified',
    'content-length': '3',
    'content-range': 'bytes 2-4/9',
    'content-security-policy': runFilePolicy,
    'content-type': 'image/tiff',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
});

it('guards what it refuses as well', async () => {
  let reached = 0;
  const engine = await listenInEnginesPlace((_request, response) => {
    reached += 1;
    response.end();
  });
  const link = linkTo(engine);
  const cases: [string, RequestInit, number][] = [
    [`job://${jobId}/a`, { method: 'POST', body: 'x' }, 405],
    [`job://${jobId}/a`, { method: 'DELETE' }, 405],
    [`job://${jobId}/..%2f..%2fsecret`, {}, 404],
    ['job://elsewhere/a', {}, 404],
  ];
  for (const [address, init, status] of cases) {
    const answer = await answerRunFile(new Request(address, init), link);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-security-policy')).toBe(runFilePolicy);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
  expect(reached).toBe(0);
});

it('answers HEAD without a body, and says so when no engine can be had', async () => {
  const engine = await listenInEnginesPlace((_request, response) => {
    response.setHeader('content-length', '9').end();
  });
  const head = await answerRunFile(new Request(`job://${jobId}/a`, { method: 'HEAD' }), linkTo(engine));
  expect([head.status, head.body, head.headers.get('content-length')]).toEqual([200, null, '9']);
  const none = await answerRunFile(new Request(`job://${jobId}/a`), linkTo());
  expect(none.status).toBe(503);
  expect(none.headers.get('content-security-policy')).toBe(runFilePolicy);
});
