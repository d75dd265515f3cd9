import { AppError } from '../../../src-shared/errors.ts';
import type { Connection } from '../../client/connect.ts';
import type { EngineLink } from '../engine-link.ts';
import type { EngineCall, Forwarded } from './forward.ts';
import { forward } from './forward.ts';

/**
 * Calls the engine, reaching or starting it first. When the socket fails, a call that changes nothing, or that the engine cannot
 * have got, is made once more on a fresh connection; any other is not, since it may have been done.
 * @throws AppError `backend_unavailable`, or the signal's reason when it was aborted
 */
export async function callEngine(
  link: EngineLink,
  call: EngineCall,
  signal: AbortSignal,
  more?: (connection: Connection) => Promise<Record<string, string>>,
): Promise<Extract<Forwarded, { ok: true }>> {
  for (let isFirst = true; ; isFirst = false) {
    const connection = await link.connection();
    const headers = { ...call.headers, ...(await more?.(connection)) };
    signal.throwIfAborted();
    const answer = await forward(connection.endpoint, { ...call, headers }, signal);
    if (answer.ok) return answer;
    link.lost(connection);
    const isHarmless = !answer.sent || call.method !== 'POST';
    if (isFirst && isHarmless) continue;
    throw new AppError(
      'backend_unavailable',
      isHarmless
        ? 'The engine does not answer.'
        : 'The engine ended before it answered; it may have done what was asked.',
      {
        remedy: isHarmless ? 'Try again in a moment.' : 'Look whether it was done before you try again.',
        retryable: isHarmless,
        cause: answer.cause,
      },
    );
  }
}
