import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Owner from '../../../src-renderer/app/owner.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { pinProblem } from '../../../src-renderer/app/pin-problem.ts';

/** What the shell answers to `ownerState`. */
let unlocked = false;
const invoke = vi.fn(() =>
  Promise.resolve({
    ok: true,
    value: { credentials: ['pin'], unlocked, canUseKey: false, lockedUntil: null, wrongTries: 0 },
  }),
);
let owner: typeof Owner;

beforeAll(async () => {
  vi.stubGlobal('window', {
    transect: { invoke, on: () => () => undefined, secret: '', platform: 'linux', version: '' },
  });
  owner = await import('../../../src-renderer/app/owner.ts');
});
beforeEach(() => {
  unlocked = false;
});

const refusal = () =>
  new AppError('denied', 'approve is for the owner of this workspace.', { details: { needs: 'owner' } });

describe('a call of the owner', () => {
  it('is made once more after the owner was proved, and not before', async () => {
    const call = vi.fn<() => Promise<string>>().mockRejectedValueOnce(refusal()).mockResolvedValue('approved');
    const done = owner.asOwner(call);
    await vi.waitFor(() => {
      expect(owner.currentAsk()).not.toBeNull();
    });
    expect(call).toHaveBeenCalledTimes(1);
    owner.currentAsk()!.answer(true);
    expect(await done).toBe('approved');
    expect(call).toHaveBeenCalledTimes(2);
    expect(owner.currentAsk()).toBeNull();
  });

  it('is not made again when the person gives up, which is no failure', async () => {
    const call = vi.fn<() => Promise<string>>().mockRejectedValue(refusal());
    const done = owner.asOwner(call).catch((cause: unknown) => cause);
    await vi.waitFor(() => {
      expect(owner.currentAsk()).not.toBeNull();
    });
    owner.currentAsk()!.answer(false);
    const cause = await done;
    expect(owner.isGivenUp(cause)).toBe(true);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('asks nobody about any other refusal', async () => {
    const other = new AppError('denied', 'This folder is not granted.');
    await expect(owner.asOwner(() => Promise.reject(other))).rejects.toBe(other);
    expect(owner.currentAsk()).toBeNull();
    // A second refusal for the same reason is told, not asked about for ever.
    const done = owner.asOwner(() => Promise.reject(refusal())).catch((cause: unknown) => cause);
    await vi.waitFor(() => {
      expect(owner.currentAsk()).not.toBeNull();
    });
    owner.currentAsk()!.answer(true);
    expect(owner.needsOwner(await done)).toBe(true);
    expect(owner.currentAsk()).toBeNull();
  });

  it('asks one question of all who wait at the same time', async () => {
    const waiting = [owner.ensureOwner(), owner.ensureOwner()];
    await vi.waitFor(() => {
      expect(owner.currentAsk()).not.toBeNull();
    });
    owner.currentAsk()!.answer(true);
    await Promise.all(waiting);
    expect(owner.currentAsk()).toBeNull();
    unlocked = true;
    await owner.ensureOwner();
    expect(owner.currentAsk()).toBeNull();
  });
});

describe('a new PIN', () => {
  it('is long enough and typed twice', () => {
    expect(pinProblem('', '')).toBeNull();
    expect(pinProblem('12345', '')).toEqual({ of: 'pin', words: 'It must have at least 6 characters.' });
    expect(pinProblem('123456', '')).toBeNull();
    expect(pinProblem('123456', '12345')).toMatchObject({ of: 'again' });
    expect(pinProblem('123456', '123456')).toBeNull();
  });
});
