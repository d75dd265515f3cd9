import { Hono } from 'hono';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Logger } from 'pino';
import type { RouteName } from '../../../src-shared/api/contract.ts';
import { contract } from '../../../src-shared/api/contract.ts';
import { openApiDocument } from '../../../src-shared/api/openapi.ts';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import { transectVersion } from '../../../src-shared/version.ts';
import type { RunFiles } from '../run-files/run-files.ts';
import type { Tokens } from './caller.ts';
import { authenticate, authorise } from './caller.ts';
import { failure } from './failure.ts';
import { addFileRoute } from './file-answer.ts';
import type { CallContext, Handlers } from './handlers.ts';

/** Larger than any draft with its JSON escapes. */
const maxBodyBytes = 2 * 1024 * 1024;

/** The HTTP face of the engine: every route of the contract, parsed on the way in and on the way out, and runs' files. */
export function makeApp(handlers: Handlers, files: RunFiles, tokens: Tokens, log: Logger): Hono {
  const app = new Hono();
  for (const name of inMatchingOrder(Object.keys(contract) as RouteName[])) {
    const route = contract[name];
    app.on(route.method, route.path, async (c) => {
      try {
        const caller = authenticate(c, tokens);
        authorise(name, route.scope, caller);
        const input = await readInput(name, c);
        const handler = handlers[name] as (input: unknown, context: CallContext) => unknown;
        return respond(c, route.answer, await handler(input, { ...caller, signal: c.req.raw.signal }));
      } catch (cause) {
        const error = toAppError(cause);
        if (error.code === 'internal') log.error({ route: name, cause }, 'call failed');
        return failure(c, error);
      }
    });
  }
  app.get('/api/v1/openapi.json', (c) => c.json(openApiDocument(transectVersion)));
  addFileRoute(app, files, tokens, (cause) => {
    log.error({ cause }, 'a file could not be sent');
  });
  app.notFound((c) => failure(c, new AppError('not_found', `There is no ${c.req.method} ${c.req.path}.`)));
  return app;
}

/** The first route that matches answers, so a path without parameters comes before one where a parameter could stand for it. */
function inMatchingOrder(names: readonly RouteName[]): RouteName[] {
  const parameters = (name: RouteName) => contract[name].path.split(':').length;
  return [...names].sort((a, b) => parameters(a) - parameters(b));
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
    // Bytes that are no text must not reach a task as replacement characters.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)));
  } catch (cause) {
    throw new AppError('bad_data', 'The request’s body is not JSON in UTF-8.', { cause });
  }
}

function respond(c: Context, answer: (typeof contract)[RouteName]['answer'], value: unknown): Response {
  if (answer.kind === 'json') return c.json(answer.schema.parse(value) as never);
  const isText = answer.kind === 'text';
  const bytes = isText ? (value as AsyncIterable<Uint8Array>) : asLines(value as AsyncIterable<unknown>, answer.schema);
  return c.body(ReadableStream.from(opened(bytes)) as never, 200, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/x-ndjson',
  });
}

/** Node sends the headers with the first bytes. A stream that waits for its first item is open all the same, and says so. */
async function* opened(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(0);
  yield* bytes;
}

/** What goes wrong after the first line is told as the last one: the status has been sent, and a torn stream says nothing. */
async function* asLines(items: AsyncIterable<unknown>, schema: z.ZodType): AsyncGenerator<Uint8Array> {
  const line = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`);
  try {
    for await (const item of items) yield line(schema.parse(item));
  } catch (cause) {
    yield line({ error: toAppError(cause).toData() });
  }
}
