import { AppError, toAppError } from '../../../src-shared/errors.ts';
import { callerHeader, windowSecretHeader } from '../../../src-shared/native.ts';
import type { Connection } from '../../client/connect.ts';
import type { EngineLink } from '../engine-link.ts';
import { isSecret } from '../secret.ts';
import { readLimited } from './body.ts';
import { callEngine } from './call-engine.ts';
import { refusal } from './refusal.ts';
import { admission } from './routes.ts';

/** What the engine takes, too (`src-main/engine/server/app.ts`). */
const maxBodyBytes = 2 * 1024 * 1024;
const maxAddress = 8 * 1024;

export interface ApiProxy {
  readonly link: EngineLink;
  /** The window's secret: without it nothing passes, so that a run's page can never call the API. */
  readonly secret: string;
  /** What proves to this engine that a person is at the window; it never comes to the page. */
  readonly owner: (connection: Connection) => Promise<Record<string, string>>;
}

/** Answers a page's call of the API: checks it, and passes it on to the engine as the window's. */
export async function answerApi(request: Request, { link, secret, owner }: ApiProxy): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (!isSecret(request.headers.get(windowSecretHeader), secret))
    return refusal(403, new AppError('denied', 'Only the window itself may call the API.'));
  if (pathname.length + search.length > maxAddress)
    return refusal(414, new AppError('over_limit', `The address is longer than ${maxAddress / 1024} KiB.`));
  const allowed = admission(request.method, pathname);
  if (allowed === 'shell')
    return refusal(403, new AppError('denied', 'Files and folders are allowed in the system’s own dialog only.'));
  if (allowed === 'unknown')
    return refusal(404, new AppError('not_found', `There is no ${request.method} ${pathname}.`));
  try {
    const body = await readLimited(request, maxBodyBytes);
    const answer = await callEngine(
      link,
      {
        method: request.method as 'GET' | 'POST',
        path: pathname + search,
        headers: {
          accept: request.headers.get('accept') ?? '*/*',
          [callerHeader]: 'window',
          ...(body !== null && { 'content-type': request.headers.get('content-type') ?? 'application/json' }),
        },
        body,
      },
      request.signal,
      owner,
    );
    answer.headers.set('x-content-type-options', 'nosniff');
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    const error = toAppError(cause);
    return refusal(statusOf(error), error);
  }
}

function statusOf({ code }: AppError): number {
  if (code === 'over_limit') return 413;
  return code === 'internal' ? 500 : 503;
}
