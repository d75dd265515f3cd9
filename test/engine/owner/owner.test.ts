import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DataRoot } from '../../../src-main/client/data-root.ts';
import { openDataRoot } from '../../../src-main/client/data-root.ts';
import { setKey, setPin } from '../../../src-main/client/owner.ts';
import { Owner } from '../../../src-main/engine/owner/owner.ts';
import { tempFolder } from '../../helpers/temp.ts';

const clock = { wall: 0, ran: 0, now: () => clock.wall, monotonic: () => clock.ran };
let root: DataRoot;

beforeEach(() => {
  Object.assign(clock, { wall: Date.parse('2026-01-01T00:00:00Z'), ran: 1_000 });
  root = openDataRoot(join(tempFolder(), 'root'));
});

const engine = () => new Owner(root, clock);

describe('a PIN', () => {
  it('opens a session that ends after 12 h, with the engine, and when it is locked', async () => {
    await setPin(root, 'correct horse', null);
    const owner = engine();
    const { token } = await owner.open({ pin: 'correct horse' });
    expect(owner.isOwner(token)).toBe(true);
    expect(engine().isOwner(token)).toBe(false);
    // A wall clock that is set has no say in it.
    clock.wall -= 1e12;
    clock.ran += 12 * 3_600_000 - 1;
    expect(owner.isOwner(token)).toBe(true);
    clock.ran += 1;
    expect(owner.isOwner(token)).toBe(false);
    const again = await owner.open({ pin: 'correct horse' });
    owner.lock();
    expect(owner.isOwner(again.token)).toBe(false);
  });

  it('opens it for nobody without its token', async () => {
    await setPin(root, 'correct horse', null);
    const owner = engine();
    const { token, expiresAt } = await owner.open({ pin: 'correct horse' });
    expect(expiresAt).toBe('2026-01-01T12:00:00.000Z');
    expect(owner.status(false).credentials).toEqual(['pin']);
    for (const other of [undefined, '', 'undefined', `${token}a`, token.slice(1), token.toUpperCase()])
      expect(owner.isOwner(other)).toBe(false);
    expect(owner.isOwner(token)).toBe(true);
  });

  it('is kept as a verifier that only this user can read', async () => {
    await setPin(root, 'correct horse', null);
    const path = join(root.secrets, 'owner.json');
    expect(readFileSync(path, 'utf8')).not.toContain('horse');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is changed only by who knows the one before', async () => {
    await setPin(root, 'correct horse', null);
    await expect(setPin(root, 'another one', null)).rejects.toMatchObject({ code: 'denied' });
    await expect(setPin(root, 'another one', 'wrong one')).rejects.toMatchObject({ code: 'denied' });
    await setPin(root, 'another one', 'correct horse');
    const owner = engine();
    await expect(owner.open({ pin: 'correct horse' })).rejects.toMatchObject({ code: 'denied' });
    await expect(owner.open({ pin: 'another one' })).resolves.toBeDefined();
    await expect(setPin(root, '12345', 'another one')).rejects.toMatchObject({ code: 'bad_data' });
  });

  it('is the same however its letters were composed', async () => {
    await setPin(root, 'caf\u00e9 au lait', null);
    await expect(engine().open({ pin: 'cafe\u0301 au lait' })).resolves.toBeDefined();
  });

  it('is nothing that can be proved where none is set', async () => {
    await expect(engine().open({ pin: '' })).rejects.toMatchObject({ code: 'denied' });
    await expect(engine().open({})).rejects.toMatchObject({ code: 'bad_data' });
    await expect(engine().open({ pin: 'a', key: 'b' })).rejects.toMatchObject({ code: 'bad_data' });
    expect(engine().isOwner(undefined)).toBe(false);
    expect(engine().isOwner('')).toBe(false);
  });
});

describe('guessing', () => {
  it('is stopped after five tries, for longer each time, also by engines that begin anew and for tries at once', async () => {
    await setPin(root, 'correct horse', null);
    const owner = engine();
    const guesses = await Promise.allSettled(Array.from({ length: 9 }, (_, i) => owner.open({ pin: `guess ${i}` })));
    const codes = guesses.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'open'));
    expect(codes).toEqual([...Array<string>(5).fill('denied'), ...Array<string>(4).fill('over_limit')]);
    // The right one is not looked at either.
    await expect(engine().open({ pin: 'correct horse' })).rejects.toMatchObject({ code: 'over_limit' });
    expect(engine().status(false)).toMatchObject({ wrongTries: 5, lockedUntil: '2026-01-01T00:00:30.000Z' });
    clock.wall += 30_000;
    await expect(engine().open({ pin: 'guess' })).rejects.toMatchObject({ code: 'denied' });
    expect(engine().status(false).lockedUntil).toBe('2026-01-01T00:01:30.000Z');
    clock.wall += 60_000;
    await expect(engine().open({ pin: 'correct horse' })).resolves.toBeDefined();
    expect(engine().status(false)).toMatchObject({ wrongTries: 0, lockedUntil: null });
  }, 30_000);

  it('waits no less than an hour in the end, and no longer', () => {
    const last = clock.wall;
    setKey(root, 'k'.repeat(43));
    writeFileSync(join(root.secrets, 'owner-tries.json'), JSON.stringify({ v: 1, wrong: 40, last }), { mode: 0o600 });
    expect(engine().status(false).lockedUntil).toBe('2026-01-01T01:00:00.000Z');
  });

  it('is not made easier by damage to the count', async () => {
    await setPin(root, 'correct horse', null);
    writeFileSync(join(root.secrets, 'owner-tries.json'), '{"v":1,"wrong":-1}');
    clock.wall = Date.now();
    await expect(engine().open({ pin: 'guess' })).rejects.toMatchObject({ code: 'over_limit' });
    clock.wall += 31_000;
    await expect(engine().open({ pin: 'correct horse' })).resolves.toBeDefined();
  });

  it('waits for no time that a clock was wrongly set to', async () => {
    await setPin(root, 'correct horse', null);
    clock.wall = Date.parse('2027-01-01T00:00:00Z');
    for (let i = 0; i < 5; i += 1) await expect(engine().open({ pin: `guess ${i}` })).rejects.toBeDefined();
    clock.wall = Date.parse('2026-01-01T00:00:00Z');
    expect(engine().status(false).lockedUntil).toBe('2026-01-01T00:00:30.000Z');
    clock.wall += 30_000;
    await expect(engine().open({ pin: 'correct horse' })).resolves.toBeDefined();
  }, 30_000);

  it('of verifiers that are damaged is refused with the way out', async () => {
    writeFileSync(join(openDataRoot(root.path).path, 'x'), '');
    await setPin(root, 'correct horse', null);
    writeFileSync(join(root.secrets, 'owner.json'), '{"v":1,"pin":null}');
    await expect(engine().open({ pin: 'correct horse' })).rejects.toMatchObject({ code: 'bad_data' });
    expect(() => engine().status(false)).toThrow('owner.json is damaged');
  });
});

it('a key opens a session, and a wrong one does not', async () => {
  setKey(root, 'k'.repeat(43));
  const owner = engine();
  expect(owner.status(false).credentials).toEqual(['key']);
  const { token } = await owner.open({ key: 'k'.repeat(43) });
  expect(owner.isOwner(token)).toBe(true);
  await expect(owner.open({ key: 'K'.repeat(43) })).rejects.toMatchObject({ code: 'denied' });
});
