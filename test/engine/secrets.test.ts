import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import type { Keychain } from '../../src-main/engine/secrets/keychain.ts';
import { Secrets } from '../../src-main/engine/secrets/secrets.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import { askEngine } from '../helpers/ask-engine.ts';
import { cli, startEngine, summaryTask, whenReady, workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';

const canary = 'c4n4ry-Wert mit Leerzeichen/+';

/** A keychain in memory that can be locked, and that takes values up to a length. */
function memoryKeychain(maxLength = 1_000) {
  const values = new Map<string, string>();
  const state = { locked: false, opened: [] as string[] };
  const keychain: Keychain = {
    get: (name) => Promise.resolve(values.get(name) ?? null),
    set: (name, value) => {
      if (value.length > maxLength) return Promise.reject(new Error('too long'));
      values.set(name, value);
      return Promise.resolve();
    },
    remove: (name) => {
      values.delete(name);
      return Promise.resolve();
    },
  };
  const open = (service: string) => {
    state.opened.push(service);
    return Promise.resolve(state.locked ? null : keychain);
  };
  return { values, state, open };
}

const root = () => openDataRoot(join(tempFolder(), 'root'));
const fileOf = (at: { secrets: string }) => readFileSync(join(at.secrets, 'secrets.json'), 'utf8');

function taskWith(secrets: Record<string, string>) {
  const lines = Object.entries(secrets).map(([name, secret]) => `  ${name}: { secret: ${secret} }\n`);
  return requireTask(Buffer.from(summaryTask(['a.tif'], `secrets:\n${lines.join('')}`))).task;
}

describe('secrets of a workspace', () => {
  it('are told from the values before by when they were stored, also by a clock that was set back', async () => {
    const secrets = new Secrets(root(), {}, memoryKeychain().open);
    const task = taskWith({ TOKEN: 'earthdata', A: 'none' });
    const stated = () => secrets.statedFor(task).map(({ env, name, setAt }) => [env, name, setAt === null]);
    await secrets.set('earthdata', canary);
    expect(stated()).toEqual([
      ['A', 'none', true],
      ['TOKEN', 'earthdata', false],
    ]);
    const [, one] = secrets.statedFor(task);
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    onTestFinished(() => void vi.useRealTimers());
    await secrets.set('earthdata', `${canary} anew`);
    const [, two] = secrets.statedFor(task);
    expect(Date.parse(two!.setAt!)).toBeGreaterThan(Date.parse(one!.setAt!));
    expect(JSON.stringify(secrets.statedFor(task))).not.toContain(canary);
  });

  it('lie in the keychain where one works, under a name of their own for each workspace', async () => {
    const [one, two] = [root(), root()];
    const keychain = memoryKeychain();
    const secrets = new Secrets(one, {}, keychain.open);
    const listed = await secrets.set('earthdata', canary);
    expect(listed).toMatchObject({ store: 'keychain', warning: null, secrets: [{ name: 'earthdata' }] });
    expect(fileOf(one)).not.toContain(canary);
    expect(await secrets.valuesOf(taskWith({ TOKEN: 'earthdata' }))).toEqual(new Map([['TOKEN', canary]]));
    await new Secrets(two, {}, keychain.open).list();
    expect(new Set(keychain.state.opened).size).toBe(2);

    expect((await secrets.remove('earthdata')).secrets).toEqual([]);
    expect(keychain.values.size).toBe(0);
  });

  it('lie in a private file elsewhere, and the person is told', async () => {
    const at = root();
    const secrets = new Secrets(at, { TRANSECT_KEYCHAIN: 'off' });
    await secrets.set('b', 'the second');
    const listed = await secrets.set('a', canary);
    expect(listed.store).toBe('file');
    expect(listed.warning).toMatch(/unencrypted/);
    expect(listed.secrets.map(({ name }) => name)).toEqual(['a', 'b']);
    if (process.platform !== 'win32') {
      expect(statSync(join(at.secrets, 'secrets.json')).mode & 0o777).toBe(0o600);
      expect(statSync(at.secrets).mode & 0o777).toBe(0o700);
    }
    expect(readdirSync(at.secrets)).toEqual(['secrets.json']);
    expect(await new Secrets(at, { TRANSECT_KEYCHAIN: 'off' }).valuesOf(taskWith({ T: 'a' }))).toEqual(
      new Map([['T', canary]]),
    );
    await secrets.remove('a');
    expect(fileOf(at)).not.toContain(canary);
  });

  it('of what a keychain does not take, the file keeps the rest', async () => {
    const at = root();
    const secrets = new Secrets(at, {}, memoryKeychain(10).open);
    expect((await secrets.set('long', 'x'.repeat(20))).store).toBe('file');
    expect((await secrets.set('long', 'eightbit')).store).toBe('keychain');
    expect(fileOf(at)).not.toContain('xxxx');
  });

  it('a keychain that is locked is named as the reason, and used again once it answers', async () => {
    const keychain = memoryKeychain();
    const at = root();
    await new Secrets(at, {}, keychain.open).set('k', canary);
    keychain.state.locked = true;
    const later = new Secrets(at, {}, keychain.open);
    await expect(later.valuesOf(taskWith({ T: 'k' }))).rejects.toMatchObject({
      code: 'storage',
      remedy: expect.stringContaining('transect secrets set k') as string,
    });
    keychain.state.locked = false;
    expect((await later.valuesOf(taskWith({ T: 'k' }))).get('T')).toBe(canary);
  });

  it('that are too short to be told from ordinary text are refused', async () => {
    const secrets = new Secrets(root(), { TRANSECT_KEYCHAIN: 'off' });
    await expect(secrets.set('pin', '1234567')).rejects.toMatchObject({
      code: 'bad_data',
      remedy: expect.stringContaining('longer') as string,
    });
    expect((await secrets.list()).secrets).toEqual([]);
  });

  it('keeps all of many changes at once', async () => {
    const secrets = new Secrets(root(), { TRANSECT_KEYCHAIN: 'off' });
    await Promise.all(Array.from({ length: 20 }, (_, i) => secrets.set(`s${i}`, `value number ${i}`)));
    expect((await secrets.list()).secrets).toHaveLength(20);
  });

  it('of a damaged list, says nothing of what stands in it', async () => {
    const at = root();
    mkdirSync(at.secrets, { mode: 0o700 });
    writeFileSync(join(at.secrets, 'secrets.json'), `{"v":1,"secrets":{"a":{"value":"${canary}"}}`);
    const failed = await new Secrets(at, { TRANSECT_KEYCHAIN: 'off' }).list().catch((cause: unknown) => cause as Error);
    expect(failed).toMatchObject({ code: 'bad_data' });
    expect(JSON.stringify(failed) + String((failed as Error).stack) + String((failed as Error).cause)).not.toContain(
      canary,
    );
  });
});

describe('through the command line and the API', () => {
  it('a value goes in by standard input, and comes out nowhere', async () => {
    const at = workspace();
    const common = ['--data-root', at.path];
    const stored = await cli(['secrets', 'set', 'earthdata', ...common], {}, `${canary}\n`);
    expect(stored).toMatchObject({ code: 0 });
    expect(stored.stderr).toContain('unencrypted');
    const listed = await cli(['secrets', 'list', '--json', ...common]);
    expect(JSON.parse(listed.stdout)).toMatchObject({ secrets: [{ name: 'earthdata' }], store: 'file' });
    const api = await askEngine(at, '/api/v1/secrets');
    expect(stored.stdout + stored.stderr + listed.stdout + api.body.toString()).not.toContain(canary);
    // Kept whole, without the line end.
    expect(JSON.parse(fileOf(at))).toMatchObject({ secrets: { earthdata: { value: canary } } });

    // Bodies that the engine refuses are quoted nowhere either.
    for (const body of [`{"name":"9 ${canary}","value":"${canary}"}`, `{"name":"a","value":"${canary}"`, '{}']) {
      const refused = await askEngine(at, '/api/v1/secrets', { method: 'POST', body });
      expect(refused.status).toBe(422);
      expect(refused.body.toString()).not.toContain(canary);
    }
    expect((await cli(['secrets', 'remove', 'earthdata', ...common])).code).toBe(0);
    expect((await cli(['secrets', 'remove', 'earthdata', ...common])).stderr).toContain(
      'transect secrets set earthdata',
    );
    expect(readFileSync(at.logFile, 'utf8')).not.toContain(canary);
  });

  it('refuses an empty value and an odd name', async () => {
    const at = workspace();
    const empty = await cli(['secrets', 'set', 'a', '--data-root', at.path], {}, '\n');
    expect(empty).toMatchObject({ code: 65 });
    const odd = await cli(['secrets', 'set', '../a', '--data-root', at.path], {}, 'x');
    expect(odd.stderr).toContain('must be a name');
  });

  it('a task whose secret is not stored is refused with the way out, and one that names the list may not read it', async () => {
    const at = workspace();
    startEngine(at);
    const connection = await whenReady(at);
    const { client } = connection;
    const task = (more: string, raster = 'a.tif') => summaryTask([raster], more);
    const secrets = 'secrets:\n  TOKEN: { secret: absent }\n';
    await expect(client('submitJob', { text: task(secrets), baseDir: tempFolder() })).rejects.toMatchObject({
      code: 'not_found',
      remedy: 'Store it: transect secrets set absent',
    });
    await client('setSecret', { name: 'absent', value: canary });
    for (const path of [join(at.secrets, 'secrets.json'), at.path])
      await expect(client('submitJob', { text: task('', path) })).rejects.toMatchObject({ code: 'denied' });
  });
});
