import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { isInside } from '../client/inside.ts';
import { pagePolicy } from './policy.ts';
import { makeSecret } from './secret.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.geojson': 'application/geo+json',
  '.map': 'application/json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.pbf': 'application/x-protobuf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.txt': 'text/plain; charset=utf-8',
};

const everyAnswer = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/**
 * The file of an address's path inside a folder, or null when the path leads anywhere else.
 * @param pathname as in an address, percent-encoded
 */
export function fileInside(folder: string, pathname: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (!path.startsWith('/') || path.includes('\0') || path.includes('\\')) return null;
  const file = join(folder, path === '/' ? 'index.html' : path.slice(1));
  return file !== folder && isInside(folder, file) ? file : null;
}

/** Answers for the window's own files. The page gets a fresh nonce each time it is loaded. */
export async function answerAppFile(folder: string, request: Request): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return nothing(405);
  const file = fileInside(folder, new URL(request.url).pathname);
  const bytes = file === null ? null : await readFile(file).catch(() => null);
  if (file === null || bytes === null) return nothing(404);
  const nonce = makeSecret();
  const isPage = extname(file) === '.html';
  const body = isPage ? bytes.toString('utf8').replaceAll('%NONCE%', nonce) : bytes;
  return new Response(request.method === 'HEAD' ? null : body, {
    headers: {
      ...everyAnswer,
      'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': pagePolicy(nonce),
      'cache-control': isPage ? 'no-store' : 'no-cache',
    },
  });
}

function nothing(status: number): Response {
  return new Response(null, { status, headers: { ...everyAnswer, 'content-security-policy': "default-src 'none'" } });
}
