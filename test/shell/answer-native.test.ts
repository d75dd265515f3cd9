import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NativeHandlers } from '../../src-main/shell/native/answer-native.ts';
import { answerNative } from '../../src-main/shell/native/answer-native.ts';
import { ErrorData } from '../../src-shared/errors.ts';
import { AppError } from '../../src-shared/errors.ts';
import { nativeRequests } from '../../src-shared/native.ts';

/** Handlers that note their calls. What they answer is wrong for those that answer with something. */
function noting(): { handlers: NativeHandlers; calls: [name: string, input: unknown][] } {
  const calls: [string, unknown][] = [];
  const handlers = Object.fromEntries(
    Object.keys(nativeRequests).map((name) => [
      name,
      (input: unknown) => {
        calls.push([name, input]);
        return Promise.resolve(null);
      },
    ]),
  ) as unknown as NativeHandlers;
  return { handlers, calls };
}

describe('native requests', () => {
  it('reach their handler with parsed input, and answer as agreed', async () => {
    const { handlers, calls } = noting();
    const reply = await answerNative({ name: 'copyText', input: { text: 'x' } }, handlers);
    expect(reply).toEqual({ ok: true, value: null });
    expect(calls).toEqual([['copyText', { text: 'x' }]]);
  });

  it.each(['toString', '__proto__', 'constructor', 'nothing', '', 1, null])(
    'of the name %s are refused',
    async (name) => {
      const { handlers, calls } = noting();
      const reply = await answerNative({ name, input: null }, handlers);
      expect(reply).toMatchObject({ ok: false, error: { code: 'denied' } });
      expect(calls).toEqual([]);
    },
  );

  it.each([undefined, null, 'copyText', 5, [], { name: 'copyText' }])(
    'of another form are refused: %j',
    async (message) => {
      const { handlers, calls } = noting();
      expect(await answerNative(message, handlers)).toMatchObject({ ok: false, error: { code: 'denied' } });
      expect(calls).toEqual([]);
    },
  );

  it.each(Object.keys(nativeRequests))('%s takes nothing but what its schema allows', async (name) => {
    const schema = nativeRequests[name as keyof typeof nativeRequests].input;
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (input) => {
        fc.pre(!schema.safeParse(input).success);
        const { handlers, calls } = noting();
        const reply = await answerNative({ name, input }, handlers);
        expect(reply).toMatchObject({ ok: false, error: { code: 'bad_data' } });
        expect(calls).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('answer errors as data, without stack or cause', async () => {
    const { handlers } = noting();
    const failing = (cause: unknown): NativeHandlers => ({
      ...handlers,
      copyText: () => Promise.reject(cause),
    });
    const known = new AppError('denied', 'No.', { remedy: 'Do that.', cause: new Error('inside') });
    const reply = await answerNative({ name: 'copyText', input: { text: '' } }, failing(known));
    expect(reply).toEqual({
      ok: false,
      error: { code: 'denied', message: 'No.', remedy: 'Do that.', retryable: false },
    });
    const unknown = await answerNative({ name: 'copyText', input: { text: '' } }, failing(new TypeError('oh')));
    expect(unknown).toMatchObject({ ok: false, error: { code: 'internal', message: 'oh' } });
    if (!unknown.ok) ErrorData.parse(unknown.error);
  });

  it('do not pass on an answer that was not agreed', async () => {
    const { handlers } = noting();
    const wrong = { ...handlers, showInFolder: () => Promise.resolve('/home/somebody' as never) };
    const input = { jobId: '20261122t014448z-example-ssjahd', path: '' };
    expect(await answerNative({ name: 'showInFolder', input }, wrong)).toMatchObject({ ok: false });
  });
});
