import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../src-worker/egress/addresses.ts';
import { Admissions } from '../../src-worker/egress/admission.ts';
import { parseAbsolute, parseAuthority, parseListed } from '../../src-worker/egress/target.ts';

describe('parseAuthority', () => {
  it.each([
    ['example.com:443', 'example.com'],
    ['EXAMPLE.com:443', 'example.com'],
    ['example.com.:443', 'example.com'],
    ['[::1]:443', '[::1]'],
    ['[0:0:0:0:0:0:0:1]:443', '[::1]'],
    ['[::ffff:127.0.0.1]:443', '[::ffff:7f00:1]'],
    ['127.1:443', '127.0.0.1'],
    ['2130706433:443', '127.0.0.1'],
    ['0x7f.0.0.1:443', '127.0.0.1'],
    ['0177.0.0.1:443', '127.0.0.1'],
    ['münchen.de:443', 'xn--mnchen-3ya.de'],
  ])('%s is %s', (text, host) => {
    expect(parseAuthority(text)).toEqual({ host, port: 443 });
  });

  it.each([
    ...['', ':', ':443', 'example.com', 'example.com:', 'example.com:0', 'example.com:65536', 'example.com:443443'],
    ...['user@example.com:443', 'user:pw@example.com:443', 'example.com:443/path', 'http://example.com:443', 'a b:443'],
    ...[
      'exa%6dple.com:443',
      'example.com\\@evil.org:443',
      'example.com#:443',
      '::1:443',
      '[::1:443',
      '[]:443',
      '..:443',
    ],
    ...['example.com..:443', '[fe80::1%25eth0]:443', 'example.com:+443', 'example.com:4e2', `${'a'.repeat(600)}:443`],
    ...['a\u0000b:443', 'a\tb:443', '1.2.3.256:443', '0x:443:1'],
  ])('refuses %j', (text) => {
    expect(parseAuthority(text)).toBeNull();
  });

  it('gives one form, which is read as itself, and never throws', () => {
    const pieces = fc.constantFrom(
      'example',
      '.',
      ':',
      '443',
      '[',
      ']',
      '::',
      '@',
      '%',
      '/',
      '0x7f',
      '。',
      'ü',
      '-',
      ' ',
      '\u0000',
    );
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: -1, max: 70_000 }), (host, port) => {
        for (const authority of [host, `${host}:${port}`]) {
          const target = parseAuthority(authority);
          if (target === null) continue;
          expect(parseAuthority(`${target.host}:${target.port}`)).toEqual(target);
          expect(target.host).toMatch(/^(?:[a-z0-9_.-]+|\[[0-9a-f:]+\])$/);
          expect(target.host).toBe(target.host.toLowerCase());
          // What fetch would connect to for this host is what was checked.
          expect(new URL(`http://${target.host}/`).hostname).toBe(target.host);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('parseAbsolute', () => {
  it('takes plain http addresses, with the path as it was sent', () => {
    expect(parseAbsolute('http://example.com/a?b=c')).toEqual({ host: 'example.com', port: 80, path: '/a?b=c' });
    expect(parseAbsolute('http://EXAMPLE.com.:8080')).toEqual({ host: 'example.com', port: 8080, path: '/' });
    expect(parseAbsolute('http://[::1]:81/')).toEqual({ host: '[::1]', port: 81, path: '/' });
  });

  it.each([
    ...[
      '',
      '/',
      '*',
      '/path',
      'https://example.com/',
      'ftp://example.com/',
      'http:example.com',
      'http:///x',
      'http://',
    ],
    ...[
      'http://user@example.com/',
      'http://a:b@example.com/',
      'http://exa mple.com/',
      'http://example.com\\@evil.org/',
    ],
    ...['http://example.com:0/', 'http://example.com:99999/', `http://example.com/${'a'.repeat(20_000)}`],
  ])('refuses %j', (text) => {
    expect(parseAbsolute(text)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), (text) => {
        for (const one of [text, `http://${text}`]) parseAbsolute(one);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('isPublicAddress', () => {
  it.each([
    ...['8.8.8.8', '1.1.1.1', '168.63.129.17', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700::1111'],
    ...['::ffff:8.8.8.8', '64:ff9b::808:808'],
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...[
      '127.0.0.1',
      '127.8.8.8',
      '0.0.0.0',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
    ],
    ...['100.64.0.1', '100.100.100.200', '168.63.129.16', '192.0.0.192', '224.0.0.1', '255.255.255.255', '198.18.0.1'],
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', 'fc00::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::'],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1', '::127.0.0.1', '2001::1', '100::1'],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('Admissions', () => {
  const policy = {
    hosts: ['example.com', 'api.example.org:8443', '192.168.7.7'],
    named: ['intra.example:9000'],
    search: false,
  };
  const answers: Record<string, string[]> = {
    'example.com': ['93.184.216.34'],
    'api.example.org': ['10.0.0.5', '93.184.216.35'],
    'intra.example': ['10.0.0.9'],
    'rebound.example': ['127.0.0.1'],
  };
  const resolve = (name: string) => {
    const found = answers[name];
    return found === undefined
      ? Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
      : Promise.resolve(found);
  };
  const decide = (host: string, port: number, more: Partial<typeof policy> = {}) =>
    new Admissions({ ...policy, ...more }, resolve).decide({ host, port });

  it('admits what is listed, on the ports that are listed', async () => {
    expect(await decide('example.com', 443)).toEqual({ admitted: true, addresses: ['93.184.216.34'] });
    expect(await decide('example.com', 80)).toMatchObject({ admitted: true });
    for (const port of [22, 25, 8080, 8443]) expect(await decide('example.com', port)).toMatchObject({ status: 403 });
    expect(await decide('api.example.org', 443)).toMatchObject({ status: 403 });
    expect(await decide('www.example.com', 443)).toMatchObject({ status: 403 });
  });

  it('keeps to public addresses, and connects to the ones that it checked', async () => {
    expect(await decide('api.example.org', 8443)).toEqual({ admitted: true, addresses: ['93.184.216.35'] });
    expect(await decide('192.168.7.7', 80)).toMatchObject({ admitted: false, status: 403 });
    expect(await decide('rebound.example', 80, { hosts: ['rebound.example'] })).toMatchObject({ status: 403 });
    expect(await decide('gone.example', 80, { hosts: ['gone.example'] })).toMatchObject({ status: 502 });
  });

  it('lets the task itself name private hosts, on that very port', async () => {
    expect(await decide('intra.example', 9000)).toEqual({ admitted: true, addresses: ['10.0.0.9'] });
    expect(await decide('intra.example', 443)).toMatchObject({ status: 403 });
  });

  it('takes hosts of a search until the last, never as named, and only in their one form', async () => {
    const closed = new Admissions(policy, resolve);
    expect(closed.add(['example.net'], false)).toBeNull();
    const open = new Admissions({ ...policy, search: true }, resolve);
    expect(open.add(['rebound.example', 'EXAMPLE.net', 'user@x', 'a/b', '', 'example.com'], false)).toEqual([
      'rebound.example',
    ]);
    expect(await open.decide({ host: 'rebound.example', port: 80 })).toMatchObject({ status: 403 });
    expect(open.add(['more.example:81'], true)).toEqual(['more.example:81']);
    expect(open.add(['late.example'], false)).toBeNull();
  });
});

it('parseListed takes the canonical form only', () => {
  for (const text of ['example.com', 'example.com:8443', '[::1]', '[::1]:80', '127.0.0.1'])
    expect(parseListed(text)).not.toBeNull();
  for (const text of ['Example.com', 'example.com.', '127.1', '[0::1]', 'a:0', 'a:b', '', '*'])
    expect(parseListed(text)).toBeNull();
});
