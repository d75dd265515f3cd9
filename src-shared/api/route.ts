import type { z } from 'zod';

/**
 * One call. `params` are path parameters, `query` and `body` what is sent, `answer` what comes back: one JSON value, a stream
 * of JSON lines, or a stream of text. `scope` is the least token class that may call it; `shell` routes answer the desktop
 * shell itself and never a page in its window.
 */
export interface RouteSpec {
  readonly method: 'GET' | 'POST';
  readonly path: `/api/v1/${string}`;
  readonly summary: string;
  readonly scope: 'agent' | 'owner' | 'shell';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly answer: { readonly kind: 'json' | 'lines'; readonly schema: z.ZodType } | { readonly kind: 'text' };
}

export const route = <const R extends RouteSpec>(spec: R): R => spec;
export const json = <S extends z.ZodType>(schema: S) => ({ kind: 'json', schema }) as const;
export const lines = <S extends z.ZodType>(schema: S) => ({ kind: 'lines', schema }) as const;
export const text = { kind: 'text' } as const;
