import { describe, expect, it } from 'vitest';
import { makeClient } from '../../src-shared/api/client.ts';
import type { RawAnswer } from '../../src-shared/api/client.ts';
import { contract } from '../../src-shared/api/contract.ts';
import { TaskId } from '../../src-shared/api/library.ts';
import { openApiDocument } from '../../src-shared/api/openapi.ts';
import { AppError, toAppError } from '../../src-shared/errors.ts';
import { errorCodes } from '../../src-shared/errors.ts';
import { exitCodeOf } from '../../src-shared/exit-codes.ts';
import { maskSecrets, secretProblem } from '../../src-shared/task/secrets.ts';
import { transectVersion } from '../../src-shared/version.ts';
import packageJson from '../../package.json' with { type: 'json' };

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
}

describe('the OpenAPI document', () => {
  it('has every route of the contract with its parameters', () => {
    const { paths } = openApiDocument('1') as {
      paths: Record<string, Record<string, { operationId: string; parameters?: { name: string }[] }>>;
    };
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(ids.sort()).toEqual(Object.keys(contract).sort());
    expect(paths['/api/v1/jobs/{jobId}/logs']?.['get']?.parameters?.map(({ name }) => name)).toEqual([
      'jobId',
      'after',
      'follow',
    ]);
  });
});

it('the OpenAPI document names every scope that a route asks for', () => {
  const { paths, components } = openApiDocument('1') as {
    paths: Record<string, Record<string, { security: Record<string, unknown>[] }>>;
    components: { securitySchemes: object };
  };
  const asked = Object.values(paths).flatMap((path) =>
    Object.values(path).flatMap(({ security }) => security.flatMap(Object.keys)),
  );
  expect(Object.keys(components.securitySchemes)).toEqual(expect.arrayContaining(asked));
  expect(asked).toContain('shell');
});

describe('ids of tasks', () => {
  it.each([
    'examples/a.yaml',
    'tasks/größe 2.yml',
    'tasks/..yaml',
    `tasks/${'x'.repeat(120)}.yaml`,
    'runs/20260102t030405z-a-test-bcdefg',
  ])('%s is one', (id) => {
    expect(TaskId.safeParse(id).success).toBe(true);
  });
  it.each([
    'a.yaml',
    'tasks/a.txt',
    'tasks/',
    'tasks/.yaml',
    'tasks/a/b.yaml',
    'tasks/../a.yaml',
    'tasks/a\\b.yaml',
    'tasks/a\nb.yaml',
    'tasks/a.yaml\n',
    `tasks/${'x'.repeat(121)}.yaml`,
    'records/a.yaml',
    'runs/../a',
  ])('%j is none', (id) => {
    expect(TaskId.safeParse(id).success).toBe(false);
  });
});

describe('the client', () => {
  const id = '20260102t030405z-a-test-bcdefg';
  const answering = (answer: RawAnswer) => {
    const sent: unknown[] = [];
    return {
      sent,
      client: makeClient((request) => {
        sent.push(request);
        return Promise.resolve(answer);
      }),
    };
  };

  it('puts parameters into path and query', async () => {
    const { sent, client } = answering({ status: 200, body: pieces('{"a"', 'bc') });
    let text = '';
    for await (const piece of await client('jobLogs', { jobId: id, after: 5, follow: true })) text += piece;
    expect(text).toBe('{"a"bc');
    expect(sent).toEqual([{ method: 'GET', path: `/api/v1/jobs/${id}/logs?after=5&follow=true`, body: undefined }]);
  });

  it('keeps a slash inside a parameter apart from those of the path', async () => {
    const { sent, client } = answering({ status: 404, body: pieces('{}') });
    await expect(client('saveTask', { taskId: 'tasks/50% ä?.yaml', text: 'x', revision: 'r' })).rejects.toThrow();
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/api/v1/tasks/tasks%2F50%25%20%C3%A4%3F.yaml',
        body: JSON.stringify({ text: 'x', revision: 'r' }),
      },
    ]);
  });

  it('parses lines that arrive in pieces, and passes over empty ones', async () => {
    const line = JSON.stringify({ seq: 1, at: '2026-01-02T03:04:05.000Z', type: 'log', level: 'info', message: 'ä' });
    const { client } = answering({ status: 200, body: pieces('\n', line.slice(0, 20), `${line.slice(20)}\n\n`, line) });
    const events = [];
    for await (const event of await client('jobEvents', { jobId: id })) events.push(event);
    expect(events).toHaveLength(2);
  });

  it('turns an error answer back into the error it was', async () => {
    const error = new AppError('denied', 'no', { remedy: 'ask', details: { a: 1 } });
    const { client } = answering({ status: 403, body: pieces(JSON.stringify({ error: error.toData() })) });
    await expect(client('health', {})).rejects.toMatchObject({
      code: 'denied',
      message: 'no',
      remedy: 'ask',
      details: { a: 1 },
    });
  });

  it('says what came when it was no answer of the engine', async () => {
    const { client } = answering({ status: 502, body: pieces('<html>') });
    await expect(client('health', {})).rejects.toThrow(/answered 502: <html>/);
  });
});

describe('errors', () => {
  it('have an exit code each, and never 0', () => {
    for (const code of errorCodes) expect(exitCodeOf(code)).toBeGreaterThan(0);
  });

  it('are wrapped once', () => {
    const error = new AppError('bad_data', 'x');
    expect(toAppError(error)).toBe(error);
    expect(toAppError(Object.assign(new Error('write'), { code: 'ENOSPC' }))).toMatchObject({
      code: 'storage',
      retryable: true,
    });
    expect(toAppError('a thrown text')).toMatchObject({ code: 'internal', message: 'a thrown text' });
  });
});

describe('secrets', () => {
  const leaks = [
    'https://user:hunter2@host/x',
    'https://h/x?a=1&sig=SECRETSECRET',
    'key AKIAIOSFODNN7EXAMPLE here',
    'Authorization: Bearer abcdefghijkl',
    'sk-abcdefghijkl',
    'eyJhbGciOiJIUzI1.eyJzdWIiOiJhYmNkZWZnaGlqa2wi.abcdefghijkl',
    '-----BEGIN PRIVATE KEY-----\nabcdefghijkl\n-----END PRIVATE KEY-----',
    'https://abcdefghijkl@host/x',
  ];
  it.each(leaks)('masks %s', (text) => {
    expect(maskSecrets(text)).not.toMatch(/hunter2|SECRETSECRET|AKIAIOSFODNN7EXAMPLE|abcdefghijkl/);
  });
  it('leaves ordinary text alone', () => {
    const text = 'https://earth-search.aws.element84.com/v1?token_type=x sentinel-2 tokens 5';
    expect(maskSecrets(text)).toBe(text);
    expect(secretProblem('collection', 'sentinel-2-l2a')).toBeNull();
  });
});

it('has the version of the package', () => {
  expect(transectVersion).toBe(packageJson.version);
});
