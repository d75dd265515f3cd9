import type { ErrorAnswer } from '../../../src-shared/api/contract.ts';
import type { AppError } from '../../../src-shared/errors.ts';
import type { z } from 'zod';

/** An error as the engine would answer it. */
export function refusal(status: number, error: AppError): Response {
  const answer: z.infer<typeof ErrorAnswer> = { error: error.toData() };
  return Response.json(answer, {
    status,
    headers: { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' },
  });
}
