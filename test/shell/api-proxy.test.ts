import { describe, expect, it } from 'vitest';
import { answerApi } from '../../src-main/shell/proxy/api.ts';
import { admission } from '../../src-main/shell/proxy/routes.ts';
import { isSecret, makeSecret } from '../../src-main/shell/secret.ts';
import { ErrorAnswer, contract } from '../../src-shared/api/contract.ts';
import { callerHeader, windowSecretHeader } from '../../src-shared/native.ts';
import { linkTo, listenInEnginesPlace, token } from './engine-stub.ts';

const secret = makeSecret();
const nobody = () => Promise.resolve({});
const call = (path: string, init: RequestInit & { secret?: string | null } = {}) => {
  const headers = new Headers(init.headers);
  if (init.secret !== null) headers.set(windowSecretHeader, init.secret ?? secret);
  return new Request(`app://transect${path}`, { ...init, headers });
};
const post = (path: string, body: string) => call(path, { method: 'POST', body });

async function refusalOf(answer: Response) {
  return { status: answer.status, code: ErrorAnswer.parse(await answer.json()).error.code };
}

describe('who may call', () => {
  it('is the window that knows the secret', async () => {
    let reached = 0;
    const engine = await listenInEnginesPlace((_request, response) => {
      reached += 1;
      response.end('{}');
    });
    const parts = { link: linkTo(engine), secret, owner: nobody };
    for (const wrong of [null, '', 'x', makeSecret(), `${secret}x`, secret.slice(1)]) {
      const answer = await answerApi(call('/api/v1/health', { secret: wrong }), parts);
      expect(await refusalOf(answer)).toEqual({ status: 403, code: 'denied' });
    }
    expect(reached).toBe(0);
    expect((await answerApi(call('/api/v1/health'), parts)).status).toBe(200);
    expect(isSecret(secret, secret)).toBe(true);
    expect(secret).toHaveLength(43);
  });

  it.each(Object.entries(contract))(
    '%s is open to a page, unless it is the shell’s',
    (_name, { method, path, scope }) => {
      const filled = path.replace(/:\w+/g, 'a%2Fb.yaml');
      expect(admission(method, filled)).toBe(scope === ('shell' as string) ? 'shell' : 'open');
      expect(admission('DELETE', filled)).toBe('unknown');
    },
  );

  it('has at least one route to refuse', () => {
    expect(admission('POST', '/api/v1/grants')).toBe('shell');
    expect(admission('POST', '/api/v1/grants/')).toBe('unknown');
    expect(admission('POST', '/api/v1/Grants')).toBe('unknown');
    expect(admission('GET', '/files/v1/x/y')).toBe('unknown');
  });

  it('gets the refusal of a shell route and of what is no route from the shell', async () => {
    const engine = await listenInEnginesPlace((_request, response) => response.end('{}'));
    const parts = { link: linkTo(engine), secret, owner: nobody };
    expect(await refusalOf(await answerApi(post('/api/v1/grants', '{"path":"/"}'), parts))).toEqual({
      status: 403,
      code: 'denied',
    });
    expect(await refusalOf(await answerApi(call('/api/v1/nothing'), parts))).toEqual({
      status: 404,
      code: 'not_found',
    });
  });
});

describe('what passes', () => {
  it('carries the engine’s token and the shell’s own word on who calls', async () => {
    let seen: Record<string, unknown> = {};
    const engine = await listenInEnginesPlace((request, response) => {
      seen = { ...request.headers, url: request.url };
      response
        .setHeader('set-cookie', 'a=b')
        .setHeader('x-powered-by', 'x')
        .setHeader('content-type', 'application/json');
      response.end('{"a":1}');
    });
    const answer = await answerApi(
      call('/api/v1/jobs?limit=5', {
        headers: { [callerHeader]: 'owner', authorization: 'Bearer other', cookie: 'c', 'x-forwarded-for': '1' },
      }),
      { link: linkTo(engine), secret, owner: nobody },
    );
    expect(await answer.json()).toEqual({ a: 1 });
    expect(seen).toMatchObject({
      url: '/api/v1/jobs?limit=5',
      [callerHeader]: 'window',
      authorization: `Bearer ${token}`,
    });
    for (const name of ['cookie', 'x-forwarded-for', windowSecretHeader]) expect(seen).not.toHaveProperty(name);
    expect([...answer.headers.keys()].sort()).toEqual(['content-length', 'content-type', 'x-content-type-options']);
  });

  it('is the body, whole, up to the limit', async () => {
    let bytes = 0;
    const engine = await listenInEnginesPlace((request, response) => {
      bytes = 0;
      request.on('data', (piece: Buffer) => (bytes += piece.length)).on('end', () => response.end('{}'));
    });
    const parts = { link: linkTo(engine), secret, owner: nobody };
    expect((await answerApi(post('/api/v1/jobs', 'x'.repeat(2 * 1024 * 1024)), parts)).status).toBe(200);
    expect(bytes).toBe(2 * 1024 * 1024);
    const refused = await answerApi(post('/api/v1/jobs', 'x'.repeat(2 * 1024 * 1024 + 1)), parts);
    expect(await refusalOf(refused)).toEqual({ status: 413, code: 'over_limit' });
    const long = await answerApi(call(`/api/v1/jobs?${'x'.repeat(9_000)}`), parts);
    expect(await refusalOf(long)).toEqual({ status: 414, code: 'over_limit' });
  });

  it('comes in pieces as they are written, and ends at its source when the page turns away', async () => {
    const closed = Promise.withResolvers<true>();
    const engine = await listenInEnginesPlace((_request, response) => {
      response.write('{"n":1}\n');
      response.on('close', () => {
        closed.resolve(true);
      });
    });
    const answer = await answerApi(call('/api/v1/events?follow=true'), { link: linkTo(engine), secret, owner: nobody });
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value).toString()).toBe('{"n":1}\n');
    await reader.cancel();
    expect(await closed.promise).toBe(true);
  });

  it('ends at its source when the page aborts before there is an answer', async () => {
    const [asked, closed] = [Promise.withResolvers<true>(), Promise.withResolvers<true>()];
    const engine = await listenInEnginesPlace((_request, response) => {
      asked.resolve(true);
      response.on('close', () => {
        closed.resolve(true);
      });
    });
    const abort = new AbortController();
    const answer = answerApi(call('/api/v1/health', { signal: abort.signal }), {
      link: linkTo(engine),
      secret,
      owner: nobody,
    });
    const outcome = expect(answer).rejects.toThrow(/abort/i);
    await asked.promise;
    abort.abort();
    await outcome;
    expect(await closed.promise).toBe(true);
  });
});

describe('when the engine dies', () => {
  const dying = () => listenInEnginesPlace((request) => request.socket.destroy());
  const living = () => listenInEnginesPlace((_request, response) => response.end('{"fine":true}'));

  it('a GET is made once more on a new engine', async () => {
    const parts = { link: linkTo(await dying(), await living()), secret, owner: nobody };
    expect(await (await answerApi(call('/api/v1/health'), parts)).json()).toEqual({ fine: true });
  });

  it('a GET is not made a third time', async () => {
    const parts = { link: linkTo(await dying(), await dying(), await living()), secret, owner: nobody };
    expect(await refusalOf(await answerApi(call('/api/v1/health'), parts))).toEqual({
      status: 503,
      code: 'backend_unavailable',
    });
  });

  it('a POST that it may have got is not repeated', async () => {
    let jobs = 0;
    const counting = await listenInEnginesPlace((_request, response) => {
      jobs += 1;
      response.end('{}');
    });
    const answer = await answerApi(post('/api/v1/jobs', '{}'), {
      link: linkTo(await dying(), counting),
      secret,
      owner: nobody,
    });
    const { error } = ErrorAnswer.parse(await answer.json());
    expect([answer.status, error.code, error.retryable]).toEqual([503, 'backend_unavailable', false]);
    expect(jobs).toBe(0);
  });

  it('a POST that it cannot have got is', async () => {
    const gone = await living();
    await gone.end();
    const answer = await answerApi(post('/api/v1/jobs', '{}'), {
      link: linkTo(gone, await living()),
      secret,
      owner: nobody,
    });
    expect(await answer.json()).toEqual({ fine: true });
  });

  it('and none can be had, the reason is the answer', async () => {
    const answer = await answerApi(call('/api/v1/health'), { link: linkTo(), secret, owner: nobody });
    expect(answer.status).toBe(500);
    expect(ErrorAnswer.parse(await answer.json()).error.message).toBe('no engine');
  });

  it('in the middle of an answer, the answer breaks instead of ending early', async () => {
    const engine = await listenInEnginesPlace((request, response) => {
      response.write('half');
      setTimeout(() => request.socket.destroy(), 20);
    });
    const answer = await answerApi(call('/api/v1/events'), { link: linkTo(engine), secret, owner: nobody });
    await expect(answer.text()).rejects.toThrow();
  });
});
