import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownSecrets, readSecrets } from '../../src-worker/run/known-secrets.ts';
import { tempFolder } from '../helpers/temp.ts';

const value = 'p&ss"wörd/with +signs=';
const secrets = new KnownSecrets(new Map([['MY_KEY', value]]));

describe('the secrets of a run', () => {
  it.each([
    ['plain', value],
    ['JSON', JSON.stringify({ key: value })],
    ['HTML', 'p&amp;ss&quot;wörd/with +signs='],
    ['percent-encoded', encodeURIComponent(value)],
    ['percent-encoded in lower case', encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase())],
    ['a form', new URLSearchParams({ key: value }).toString()],
    ['hexadecimal', Buffer.from(value).toString('hex')],
    ['base64', Buffer.from(value).toString('base64')],
    ['base64url', Buffer.from(value).toString('base64url')],
  ])('are masked in %s', (_, text) => {
    const masked = secrets.mask(`before ${text} after`);
    expect(masked).toMatch(/before .*\[secret MY_KEY\].* after/);
    expect(masked).not.toContain(text);
  });

  it('are masked within a longer base64 text, wherever they begin', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (before, after) => {
        const text = Buffer.from(before + value + after).toString('base64');
        expect(secrets.mask(text)).toContain('[secret MY_KEY]');
      }),
    );
  });

  it('are masked line by line when they are keys of many lines', () => {
    const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
    const key = new KnownSecrets(new Map([['KEY', `-----BEGIN KEY-----\n${line}\n-----END KEY-----`]]));
    expect(key.mask(`found ${line} there`)).toBe('found [secret KEY] there');
  });

  it('are masked in whole documents, and nothing else is changed', () => {
    const document = { a: [1, null, `x ${value}`], [value]: { b: true } };
    expect(secrets.maskAll(document)).toEqual({ a: [1, null, 'x [secret MY_KEY]'], '[secret MY_KEY]': { b: true } });
    const other = { a: [1, 'text'] };
    expect(secrets.maskAll(other)).toEqual(other);
    expect(new KnownSecrets(new Map()).maskAll(document)).toBe(document);
  });

  it('leave text alone when they are too short to be told from chance', () => {
    expect(
      new KnownSecrets(
        new Map([
          ['A', 'abc'],
          ['B', ''],
        ]),
      ).mask('abc abc'),
    ).toBe('abc abc');
  });

  it('mask the longer of two that share their beginning whole', () => {
    const both = new KnownSecrets(
      new Map([
        ['SHORT', 'token-12'],
        ['LONG', 'token-1234'],
      ]),
    );
    expect(both.mask('token-1234 token-12')).toBe('[secret LONG] [secret SHORT]');
  });

  it('are read from the folder that the launcher names', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'A_KEY'), 'canary-of-a\n');
    writeFileSync(join(folder, 'B_KEY'), 'canary-of-b');
    expect(readSecrets({ TRANSECT_SECRETS_DIR: folder }).mask('canary-of-b canary-of-a')).toBe(
      '[secret B_KEY] [secret A_KEY]',
    );
    expect(readSecrets({}).mask('canary-of-a')).toBe('canary-of-a');
  });

  it('end the run when they cannot be read: it would not know what to mask', () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'A_KEY'));
    chmodSync(folder, 0o700);
    for (const path of [folder, join(folder, 'none')])
      expect(() => readSecrets({ TRANSECT_SECRETS_DIR: path })).toThrow(/secrets of this run cannot be read/);
  });
});
