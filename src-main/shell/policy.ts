import { appOrigin } from '../../src-shared/native.ts';

/** The content security policy of the window's page: nothing from outside, no inline code, styles only with this load's nonce. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' job: data: blob:",
    "font-src 'self'",
    "connect-src 'self' job:",
    'frame-src job:',
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The policy of a run's files. They are untrusted: no scripts, no requests, an origin of their own. */
export const runFilePolicy = [
  'sandbox',
  "default-src 'none'",
  "img-src 'self' data:",
  "style-src 'unsafe-inline'",
  "form-action 'none'",
  "base-uri 'none'",
  `frame-ancestors ${appOrigin}`,
].join('; ');
