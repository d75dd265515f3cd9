import { AppError, toAppError } from '../../../src-shared/errors.ts';
import type { NativeName, NativeReply } from '../../../src-shared/native.ts';
import { nativeRequests } from '../../../src-shared/native.ts';
import type { z } from 'zod';

/** One handler for each request of the contract, of parsed input. */
export type NativeHandlers = {
  readonly [N in NativeName]: (
    input: z.output<(typeof nativeRequests)[N]['input']>,
  ) => Promise<z.input<(typeof nativeRequests)[N]['output']>>;
};

/**
 * Answers one request: known name, input as agreed, then the handler, then output as agreed. Errors are data.
 * @param message what came over the channel: `{ name, input }`, or anything else
 */
export async function answerNative(message: unknown, handlers: NativeHandlers): Promise<NativeReply> {
  try {
    const { name, input } = named(message);
    const { input: taken, output } = nativeRequests[name];
    const parsed = taken.safeParse(input);
    if (!parsed.success)
      throw new AppError('bad_data', `${name}: ${parsed.error.issues[0]?.message ?? 'the input is not valid'}`);
    const handler = handlers[name] as (input: unknown) => Promise<unknown>;
    return { ok: true, value: output.parse(await handler(parsed.data)) };
  } catch (cause) {
    return { ok: false, error: toAppError(cause).toData() };
  }
}

function named(message: unknown): { readonly name: NativeName; readonly input: unknown } {
  if (typeof message === 'object' && message !== null && 'name' in message && 'input' in message) {
    const { name, input } = message;
    if (typeof name === 'string' && Object.hasOwn(nativeRequests, name)) return { name: name as NativeName, input };
  }
  throw new AppError('denied', 'The window asked for something that does not exist.');
}
