import { timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Logger } from 'pino';
import type { RouteName } from '../../../src-shared/api/contract.ts';
import { contract } from '../../../src-shared/api/contract.ts';
import { openApiDocument } from '../../../src-shared/api/openapi.ts';
import type { ErrorCode, ErrorData } from '../../../src-shared/errors.ts';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import { transectVersion } from '../../../src-shared/version.ts';
import type { CallContext, Handlers } from './handlers.ts';

/** Larger than any task with its JSON escapes. */
const maxBodyBytes = 512 * 1024;

const httpStatus: Record<ErrorCode, number> = {
  invalid_task: 422,
  not_found: 404,
  conflict: 409,
  denied: 403,
  gate_closed: 403,
  backend_unavailable: 503,
  backend_rejected: 502,
  source_unavailable: 502,
  job_failed: 500,
  bad_data: 422,
  over_limit: 429,
  cancelled: 409,
  timed_out: 504,
  storage: 507,
  internal: 500,
};

export interface Tokens {
  readonly agent: string;
  /** Null until a window has been given the owner's token. */
  readonly owner: string | null;
}

/** The HTTP face of the engine: every route of the contract, parsed on the way in and on the way out. */
export function makeApp(handlers: Handlers, tokens: Tokens, log: Logger): Hono {
  const app = new Hono();
  for (const name of Object.keys(contract) as RouteName[]) {
    const route = contract[name];
    app.on(route.method, route.path, async (c) => {
      const caller = authenticate(c, tokens);
      if (caller === null)
        return failure(
          c,
          new AppError('denied', 'The token is missing or wrong.', {
            remedy: 'Use the token of the data root’s engine.json.',
          }),
        );
      if ((route.scope as string) === 'owner' && caller !== 'owner')
        return failure(c, new AppError('denied', `${name} needs a person’s approval.`));
      try {
        const input = await readInput(name, c);
        const handler = handlers[name] as (input: unknown, context: CallContext) => unknown;
        return respond(c, route.answer, await handler(input, { caller, signal: c.req.raw.signal }));
      } catch (cause) {
        const error = toAppError(cause);
        if (error.code === 'internal') log.error({ route: name, cause }, 'call failed');
        return failure(c, error);
      }
    });
  }
  app.get('/api/v1/openapi.json', (c) => c.json(openApiDocument(transectVersion)));
  app.notFound((c) => failure(c, new AppError('not_found', `There is no ${c.req.method} ${c.req.path}.`)));
  return app;
}

function authenticate(c: Context, tokens: Tokens): CallContext['caller'] | null {
  const given = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
  if (tokens.owner !== null && same(given, tokens.owner)) return 'owner';
  return same(given, tokens.agent) ? 'agent' : null;
}

function same(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function readInput(name: RouteName, c: Context): Promise<Record<string, unknown>> {
  const route = contract[name];
  return {
    ...('params' in route && parse(route.params, c.req.param(), name)),
    ...('query' in route && parse(route.query, c.req.query(), name)),
    ...('body' in route && parse(route.body, await readBody(c), name)),
  };
}

function parse(schema: z.ZodObject, value: unknown, name: string): Record<string, unknown> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const code = issue?.path[0] === 'text' ? 'invalid_task' : 'bad_data';
  throw new AppError(code, `${name}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not valid'}`.trim(), {
    remedy: 'See /api/v1/openapi.json for what this call takes.',
  });
}

async function readBody(c: Context): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > maxBodyBytes)
      throw new AppError('over_limit', `The request is larger than ${maxBodyBytes / 1024} KiB.`, {
        remedy: 'A task is at most 64 KiB.',
      });
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch (cause) {
    throw new AppError('bad_data', 'The request’s body is not JSON.', { cause });
  }
}

function respond(c: Context, answer: (typeof contract)[RouteName]['answer'], value: unknown): Response {
  if (answer.kind === 'json') return c.json(answer.schema.parse(value) as never);
  if (answer.kind === 'text')
    return c.body(ReadableStream.from(value as AsyncIterable<Uint8Array>) as never, 200, {
      'content-type': 'text/plain; charset=utf-8',
    });
  const lines = asLines(value as AsyncIterable<unknown>, answer.schema);
  return c.body(ReadableStream.from(lines) as never, 200, { 'content-type': 'application/x-ndjson' });
}

async function* asLines(items: AsyncIterable<unknown>, schema: z.ZodType): AsyncGenerator<Uint8Array> {
  for await (const item of items) yield Buffer.from(`${JSON.stringify(schema.parse(item))}\n`);
}

function failure(c: Context, error: AppError): Response {
  const data: ErrorData = error.toData();
  return c.json({ error: data }, httpStatus[error.code] as never);
}
