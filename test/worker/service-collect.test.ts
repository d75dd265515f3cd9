import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Artefact } from '../../src-shared/job.ts';
import { KnownSecrets, noSecrets } from '../../src-worker/run/known-secrets.ts';
import { collectOutputs } from '../../src-worker/service/collect.ts';
import { OutputTail } from '../../src-worker/service/output-tail.ts';
import { serviceFailure, serviceOutcome } from '../../src-worker/service/outcome.ts';
import { serviceLine } from '../../src-shared/service-protocol.ts';
import { tempFolder } from '../helpers/temp.ts';

function outputs(files: Record<string, string | Buffer>) {
  const folder = tempFolder();
  const from = join(folder, '.service.tmp/outputs');
  mkdirSync(from, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(from, path)), { recursive: true });
    writeFileSync(join(from, path), content);
  }
  const artefacts: Artefact[] = [];
  const collect = (secrets = noSecrets, maxBytes = 10_000_000) =>
    collectOutputs({
      from,
      folder,
      maxBytes,
      secrets,
      signal: new AbortController().signal,
      onArtefact: (artefact) => artefacts.push(artefact),
    });
  return { folder, from, artefacts, collect };
}

describe('outputs of a service', () => {
  it('go where they belong, each with its size and hash', async () => {
    const { folder, artefacts, collect } = outputs({
      'maps/a.tif': 'map',
      'maps/deep/b.tif': 'deep',
      'maps/odd name.tif': 'name',
      'tables/t.csv': 'a,b',
      'figures/f.PNG': 'png',
      'case/0/U': 'field',
    });
    const { files, bytes, leftOut } = await collect();
    expect({ files, bytes, leftOut }).toEqual({ files: 6, bytes: 22, leftOut: [] });
    expect(artefacts.map(({ path }) => path).sort()).toEqual([
      'figures/f.PNG',
      'maps/a.tif',
      'outputs/case/0/U',
      'outputs/maps/deep/b.tif',
      'outputs/maps/odd name.tif',
      'tables/t.csv',
    ]);
    for (const { path, bytes: size } of artefacts) expect(readFileSync(join(folder, path))).toHaveLength(size);
  });

  it('that are links or have odd names are left out and named, and closed folders are opened', async () => {
    const { from, artefacts, collect } = outputs({
      'a.txt': 'a',
      '.hidden': 'h',
      'line\nbreak': 'x',
      'closed/b.txt': 'b',
    });
    symlinkSync('/etc/passwd', join(from, 'link'));
    symlinkSync('/etc', join(from, 'folder-link'));
    chmodSync(join(from, 'closed'), 0);
    const { leftOut } = await collect();
    expect(artefacts.map(({ path }) => path)).toEqual(['outputs/a.txt', 'outputs/closed/b.txt']);
    expect([...leftOut].sort()).toEqual([
      '.hidden (an odd name)',
      'folder-link (a link)',
      'line\\nbreak (an odd name)',
      'link (a link)',
    ]);
  });

  it('that are too much are not taken at all', async () => {
    const { folder, artefacts, collect } = outputs({ 'a.bin': 'x'.repeat(600), 'b.bin': 'x'.repeat(600) });
    await expect(collect(noSecrets, 1_000)).rejects.toMatchObject({
      code: 'over_limit',
      details: { asked: 1_200, allowed: 1_000 },
    });
    expect(artefacts).toEqual([]);
    expect(existsSync(join(folder, 'outputs'))).toBe(false);
  });

  it('that hold a secret are withheld, wherever in a large file it stands', async () => {
    const value = 'not-a-known-pattern-42';
    const secrets = new KnownSecrets(new Map([['TOKEN', value]]));
    const large = Buffer.alloc(3 * 1_048_576, 'x');
    // Across the seam of two pieces that are read at once.
    large.write(value, 1_048_576 - 5);
    const encoded = Buffer.from(`ab${value}cd`).toString('base64');
    const { artefacts, collect } = outputs({
      'fine.txt': 'fine',
      'large.bin': large,
      'encoded.txt': encoded,
      [`${value}.txt`]: 'named',
    });
    expect((await collect(secrets)).withheld).toBe(3);
    expect(artefacts.map(({ path }) => path)).toEqual(['outputs/fine.txt']);
  });
});

describe('what a service prints', () => {
  it('comes line by line, whatever the pieces and however they are cut', async () => {
    const path = join(tempFolder(), 'output');
    const lines: string[] = [];
    const tail = new OutputTail(path, (line, stream) => lines.push(`${stream} ${line}`));
    expect(await tail.read()).toBe(false);
    const at = '2026-01-02T03:04:05.000000000Z';
    const text = [
      serviceLine({ at, stream: 'out', whole: false, text: 'one lo' }),
      serviceLine({ at, stream: 'err', whole: true, text: 'between' }),
      serviceLine({ at, stream: 'out', whole: true, text: 'ng líne' }),
      'noise that is no piece\n',
      serviceLine({ at, stream: 'out', whole: false, text: 'without an end' }),
    ].join('');
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      writeFileSync(path, bytes.subarray(0, cut));
      await tail.read();
    }
    writeFileSync(path, bytes);
    await tail.finish();
    expect(lines).toEqual(['err between', 'out one long líne', 'out without an end']);
  });
});

describe('the end of a service', () => {
  const order = {
    v: 1 as const,
    name: null,
    image: 'a/b:1',
    digest: 'sha256:1',
    pinned: false,
    argv: ['solve', '-x'],
    workdir: '/workspace',
    memoryBytes: 1_073_741_824,
    cpus: 1,
    network: 'none' as const,
  };
  const failure = (exitCode: number | null, outOfMemory = false) =>
    serviceFailure(order, { v: 1, exitCode, outOfMemory, error: null }, 'diverged');

  it.each([
    [1, 'job_failed', /exit code 1\. It last said: diverged/],
    [127, 'job_failed', /no program "solve"/],
    [139, 'job_failed', /killed by signal 11/],
    [null, 'job_failed', /Nobody knows/],
  ])('with exit code %s is a failure that says why', (code, kind, message) => {
    expect(failure(code)).toMatchObject({ code: kind, message: expect.stringMatching(message) as string });
  });

  it('is a memory limit, a good end, or what the engine said', () => {
    expect(failure(137, true)).toMatchObject({
      code: 'over_limit',
      message: expect.stringContaining('1024 MiB') as string,
    });
    expect(failure(0)).toBeNull();
    const error = { code: 'denied', message: 'no', retryable: false } as const;
    expect(serviceFailure(order, { v: 1, exitCode: null, outOfMemory: false, error }, undefined)).toMatchObject({
      code: 'denied',
      details: { image: 'a/b:1' },
    });
  });

  it.each([
    [{ files: 2, bytes: 5, leftOut: [], withheld: 0 }, ['computed']],
    [{ files: 1, bytes: 5, leftOut: ['x'], withheld: 1 }, ['partial']],
    [{ files: 0, bytes: 0, leftOut: [], withheld: 0 }, ['empty']],
    [{ files: 0, bytes: 0, leftOut: ['x'], withheld: 1 }, ['partial', 'empty']],
  ])('is worth what it left: %j', (collected, validity) => {
    expect(serviceOutcome(order, collected, 0, []).validity).toEqual(validity);
  });
});
