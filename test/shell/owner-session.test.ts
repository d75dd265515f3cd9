import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { readOwner, setPin } from '../../src-main/client/owner.ts';
import { Owner } from '../../src-main/engine/owner/owner.ts';
import { systemClock } from '../../src-main/engine/clock.ts';
import type { KeyBox } from '../../src-main/shell/owner/owner-key.ts';
import { OwnerKey } from '../../src-main/shell/owner/owner-key.ts';
import { OwnerSession } from '../../src-main/shell/owner/owner-session.ts';
import { answerApi } from '../../src-main/shell/proxy/api.ts';
import { ownerHeader } from '../../src-shared/api/owner.ts';
import { toAppError } from '../../src-shared/errors.ts';
import { windowSecretHeader } from '../../src-shared/native.ts';
import { tempFolder } from '../helpers/temp.ts';
import type { Listener } from './engine-stub.ts';
import { linkTo, listenInEnginesPlace } from './engine-stub.ts';

const plainOf = (kept: string) => Buffer.from(kept.slice(1), 'hex').toString();

/** A system that encrypts, in a way that these tests can look through; `null`: one that does not. */
const box = (sign: string | null): KeyBox => ({
  canKeep: () => Promise.resolve(sign !== null),
  encrypt: (plain) => Promise.resolve(Buffer.from(`${sign}${Buffer.from(plain).toString('hex')}`)),
  decrypt: (bytes) => {
    const found = bytes.toString();
    if (sign === null || !found.startsWith(sign)) return Promise.reject(new Error('not mine'));
    return Promise.resolve(plainOf(found));
  },
});

/** The engine's own judge of owners on a socket. `seen`: owner headers of calls, in order. */
async function engine(
  folder: string,
): Promise<Listener & { seen: (string | undefined)[]; owner: Owner; opened(): number }> {
  const owner = new Owner(openDataRoot(folder), systemClock);
  const seen: (string | undefined)[] = [];
  let opened = 0;
  const listener = await listenInEnginesPlace((request, response) => {
    const header = request.headers[ownerHeader] as string | undefined;
    seen.push(header);
    const answer = async (): Promise<unknown> => {
      const body = await text(request);
      switch (request.url) {
        case '/api/v1/owner':
          return owner.status(owner.isOwner(header));
        case '/api/v1/owner/sessions':
          opened += 1;
          return owner.open(JSON.parse(body) as { pin?: string });
        case '/api/v1/owner/lock':
          owner.lock();
          return { locked: true };
        default:
          return {};
      }
    };
    answer().then(
      (value) => response.end(JSON.stringify(value)),
      (cause: unknown) => response.writeHead(403).end(JSON.stringify({ error: toAppError(cause).toData() })),
    );
  });
  return { ...listener, seen, owner, opened: () => opened };
}

interface Arranged {
  readonly session: OwnerSession;
  readonly changes: boolean[];
  readonly keys: string;
  readonly folder: string;
  readonly link: ReturnType<typeof linkTo>;
}

function arrange(folder: string, keyBox: KeyBox, ...engines: Listener[]): Arranged {
  const keys = join(folder, 'user-data', 'owner-keys');
  const changes: boolean[] = [];
  const link = linkTo(...engines);
  const root = () => openDataRoot(folder);
  const session = new OwnerSession({
    root,
    link,
    key: new OwnerKey(keyBox, keys, root),
    onChange: (unlocked) => changes.push(unlocked),
  });
  return { session, changes, keys, folder, link };
}

const pin = 'correct horse';

describe('with a PIN', () => {
  it('the window is locked until the PIN is right, and then its calls carry a token', async () => {
    const folder = tempFolder();
    await setPin(openDataRoot(folder), pin, null);
    const one = await engine(folder);
    const { session, changes } = arrange(folder, box(null), one);
    expect(await session.headers(one.connection)).toEqual({});
    expect(await session.state()).toEqual({
      credentials: ['pin'],
      unlocked: false,
      canUseKey: false,
      lockedUntil: null,
      wrongTries: 0,
    });
    await expect(session.unlock('wrong one')).rejects.toMatchObject({ code: 'denied' });
    expect(await session.state()).toMatchObject({ unlocked: false, wrongTries: 1 });
    expect(changes).toEqual([]);
    expect(await session.unlock(pin)).toMatchObject({ unlocked: true, wrongTries: 0 });
    const { [ownerHeader]: token } = await session.headers(one.connection);
    expect(one.owner.isOwner(token)).toBe(true);
    expect(changes).toEqual([true]);
  });

  it('a new one is set, unlocks, and shuts out whoever came in by the earlier one', async () => {
    const folder = tempFolder();
    const one = await engine(folder);
    const { session } = arrange(folder, box(null), one);
    expect(await session.state()).toMatchObject({ credentials: [], unlocked: false });
    expect(await session.setPin(pin, null)).toMatchObject({ credentials: ['pin'], unlocked: true });
    const other = await one.owner.open({ pin });
    expect(one.owner.isOwner(other.token)).toBe(true);
    expect(await session.setPin('another one', pin)).toMatchObject({ unlocked: true });
    expect(one.owner.isOwner(other.token)).toBe(false);
    await expect(one.owner.open({ pin })).rejects.toMatchObject({ code: 'denied' });
  });

  it.each([null, 'wrong one'])(
    'is not replaced with %j as the earlier one; that counts as a wrong try',
    async (old) => {
      const folder = tempFolder();
      await setPin(openDataRoot(folder), pin, null);
      const before = readOwner(openDataRoot(folder));
      const one = await engine(folder);
      const { session } = arrange(folder, box(null), one);
      await expect(session.setPin('my very own', old)).rejects.toMatchObject({ code: 'denied' });
      expect(readOwner(openDataRoot(folder))).toEqual(before);
      expect(await session.state()).toMatchObject({ unlocked: false, wrongTries: 1 });
    },
  );

  it('many wrong ones lock, by whichever request they are tried', async () => {
    const folder = tempFolder();
    await setPin(openDataRoot(folder), pin, null);
    const one = await engine(folder);
    const { session } = arrange(folder, box(null), one);
    for (let tries = 0; tries < 5; tries += 1)
      await expect(tries % 2 === 0 ? session.unlock('wrong one') : session.setPin('mine mine', 'no')).rejects.toThrow();
    await expect(session.unlock(pin)).rejects.toMatchObject({ code: 'over_limit' });
    await expect(session.setPin('mine mine', pin)).rejects.toMatchObject({ code: 'over_limit' });
    expect((await session.state()).lockedUntil).not.toBeNull();
  }, 20_000);

  it('a new engine asks for it again', async () => {
    const folder = tempFolder();
    const [one, two] = [await engine(folder), await engine(folder)];
    const { session, link, changes } = arrange(folder, box(null), one, two);
    await session.setPin(pin, null);
    link.lost(await link.connection());
    expect(await session.headers(two.connection)).toEqual({});
    expect(await session.state()).toMatchObject({ unlocked: false });
    expect(changes).toEqual([true, false]);
    expect(two.seen).toEqual([undefined]);
  });

  it('when somebody else locks the engine, the window knows', async () => {
    const folder = tempFolder();
    const one = await engine(folder);
    const { session, changes } = arrange(folder, box(null), one);
    await session.setPin(pin, null);
    one.owner.lock();
    expect(await session.state()).toMatchObject({ unlocked: false });
    expect(changes).toEqual([true, false]);
  });

  it('without a key that the system keeps there is nothing else', async () => {
    const folder = tempFolder();
    const one = await engine(folder);
    const { session, keys } = arrange(folder, box(null), one);
    await expect(session.unlock(null)).rejects.toMatchObject({ code: 'denied', remedy: 'Enter the PIN instead.' });
    expect(existsSync(keys)).toBe(false);
    expect(readOwner(openDataRoot(folder)).key).toBeNull();
  });
});

describe('with a key that the system keeps', () => {
  it('nobody types anything: it is made at the first question, kept encrypted, and used with every engine', async () => {
    const folder = tempFolder();
    const [one, two] = [await engine(folder), await engine(folder)];
    const { session, keys, link, changes } = arrange(folder, box('#'), one, two);
    // A call is no question.
    expect(await session.headers(one.connection)).toEqual({});
    expect(readOwner(openDataRoot(folder)).key).toBeNull();
    expect(await session.state()).toMatchObject({ credentials: ['key'], unlocked: true, canUseKey: true });
    const [name] = readdirSync(keys);
    const kept = readFileSync(join(keys, name!), 'utf8');
    const key = plainOf(kept);
    expect(kept.startsWith('#')).toBe(true);
    expect(key).toHaveLength(43);
    expect(readFileSync(join(folder, '.secrets', 'owner.json'), 'utf8')).not.toContain(key);
    link.lost(await link.connection());
    const { [ownerHeader]: token } = await session.headers(two.connection);
    expect(two.owner.isOwner(token)).toBe(true);
    expect(readdirSync(keys)).toEqual([name]);
    expect(changes).toEqual([true]);
  });

  it('a window that is opened again uses the same key, and another workspace another', async () => {
    const folder = tempFolder();
    const [one, two] = [await engine(folder), await engine(folder)];
    const first = arrange(folder, box('#'), one);
    await first.session.state();
    const verifier = readOwner(openDataRoot(folder)).key;
    const again = arrange(folder, box('#'), two);
    expect(await again.session.headers(two.connection)).toHaveProperty(ownerHeader);
    expect(readOwner(openDataRoot(folder)).key).toEqual(verifier);
    const elsewhere = join(folder, 'other');
    const root = () => openDataRoot(elsewhere);
    expect(await new OwnerKey(box('#'), first.keys, root).read()).toBeNull();
  });

  it('many calls at once open one session', async () => {
    const folder = tempFolder();
    const one = await engine(folder);
    await arrange(folder, box('#'), one).session.state();
    const two = await engine(folder);
    const { session } = arrange(folder, box('#'), two);
    const all = await Promise.all(Array.from({ length: 8 }, () => session.headers(two.connection)));
    expect(new Set(all.map((headers) => headers[ownerHeader])).size).toBe(1);
    expect(two.opened()).toBe(1);
  });

  it('a question beside calls finds the key all the same', async () => {
    const folder = tempFolder();
    const one = await engine(folder);
    const { session } = arrange(folder, box('#'), one);
    const [, state] = await Promise.all([session.headers(one.connection), session.state()]);
    expect(state).toMatchObject({ unlocked: true });
  });

  it('a person who locks the window stays out until they say otherwise', async () => {
    const folder = tempFolder();
    const one = await engine(folder);
    const { session, changes } = arrange(folder, box('#'), one);
    await session.state();
    const { [ownerHeader]: token } = await session.headers(one.connection);
    expect(await session.lock()).toMatchObject({ unlocked: false, canUseKey: true });
    expect(one.owner.isOwner(token)).toBe(false);
    expect(await session.headers(one.connection)).toEqual({});
    expect(await session.state()).toMatchObject({ unlocked: false });
    expect(await session.unlock(null)).toMatchObject({ unlocked: true });
    expect(changes).toEqual([true, false, true]);
  });

  it('is made known again when the verifiers were removed, and anew when it cannot be read any more', async () => {
    const folder = tempFolder();
    const one = await engine(folder);
    const { session, keys } = arrange(folder, box('#'), one);
    await session.state();
    const [name] = readdirSync(keys);
    const kept = readFileSync(join(keys, name!));
    rmSync(join(folder, '.secrets', 'owner.json'));
    one.owner.lock();
    expect(await session.state()).toMatchObject({ unlocked: true, credentials: ['key'] });
    expect(readFileSync(join(keys, name!))).toEqual(kept);
    const two = await engine(folder);
    expect(await arrange(folder, box('%'), two).session.state()).toMatchObject({ unlocked: true });
    expect(readFileSync(join(keys, name!))).not.toEqual(kept);
  });

  it('an engine that takes no key is not asked with every call', async () => {
    const folder = tempFolder();
    const one = await engine(folder);
    await arrange(folder, box('#'), one).session.state();
    rmSync(join(folder, '.secrets', 'owner.json'));
    const two = await engine(folder);
    const { session } = arrange(folder, box('#'), two);
    for (let call = 0; call < 3; call += 1) expect(await session.headers(two.connection)).toEqual({});
    expect(two.opened()).toBe(1);
    expect(await session.state()).toMatchObject({ unlocked: true });
  });
});

describe('the page', () => {
  const secret = 's'.repeat(43);
  const call = (path: string, headers: Record<string, string> = {}) =>
    new Request(`app://transect${path}`, { headers: { [windowSecretHeader]: secret, ...headers } });

  it('can’t name a token, and gets none', async () => {
    const folder = tempFolder();
    const one = await engine(folder);
    const { session, link } = arrange(folder, box(null), one);
    await session.setPin(pin, null);
    const { token } = await one.owner.open({ pin });
    const proxy = { link, secret, owner: (to: Listener['connection']) => session.headers(to) };
    one.seen.length = 0;
    const answer = await answerApi(call('/api/v1/health', { [ownerHeader]: 'mine' }), proxy);
    const { [ownerHeader]: held } = await session.headers(one.connection);
    expect(one.seen).toEqual([held]);
    expect([...answer.headers.values()].join()).not.toContain(held!);
    await session.lock();
    one.seen.length = 0;
    await answerApi(call('/api/v1/health', { [ownerHeader]: token }), proxy);
    expect(one.seen).toEqual([undefined]);
    const opening = new Request('app://transect/api/v1/owner/sessions', {
      method: 'POST',
      headers: { [windowSecretHeader]: secret },
      body: JSON.stringify({ pin }),
    });
    expect((await answerApi(opening, proxy)).status).toBe(403);
  });
});
