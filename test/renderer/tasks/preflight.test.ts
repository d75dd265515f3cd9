import { describe, expect, it } from 'vitest';
import { overLimitLines, preflightRows } from '../../../src-renderer/tasks/launch/preflight-rows.ts';
import type { Preflight } from '../../../src-shared/api/plans.ts';

const preflight = (more: Partial<Preflight['plan']> = {}): Preflight => ({
  walled: true,
  tookMs: 900,
  plan: {
    v: 1,
    items: 12,
    matched: 40,
    requests: 1_200,
    readBytes: 3_400_000_000,
    pixels: 1_500_000,
    outputBytes: 20_000_000,
    memoryMb: 512.5,
    seconds: 130,
    hosts: ['earth-search.example', 'files.example'],
    licences: [{ collection: 's2', license: 'proprietary', href: null, items: 12 }],
    overLimits: [],
    notes: [],
    ...more,
  },
});

describe('what a preflight shows', () => {
  it('is what will be read, needed and taken, with units', () => {
    expect(Object.fromEntries(preflightRows(preflight()))).toEqual({
      Time: 'about 2 min 10 s',
      Read: '3.4 GB in 1\u202f200 requests',
      Write: 'at most 20 MB',
      Items: '12 of 40 that match',
      Pixels: '1\u202f500\u202f000',
      Memory: 'about 513 MiB',
      Hosts: 'earth-search.example, files.example',
      Licence: 'proprietary',
    });
  });

  it('names each licence with its collection where there are several, and says where none is stated', () => {
    const licences = [
      { collection: 'a', license: 'CC-BY-4.0', href: null, items: 1 },
      { collection: 'b', license: null, href: null, items: 1 },
    ];
    const rows = Object.fromEntries(preflightRows(preflight({ licences, hosts: [], matched: null, seconds: null })));
    expect(rows['Licences']).toBe('CC-BY-4.0 (a); not stated (b)');
    expect(rows['Hosts']).toBe('none: only files of this machine');
    expect(rows['Items']).toBe('12');
    expect(rows).not.toHaveProperty('Time');
  });

  it('says which limits a run would exceed', () => {
    const overLimits = [
      { limit: 'max_read_bytes', asked: 3_400_000_000, allowed: 2_000_000_000 },
      { limit: 'max_pixels', asked: 3_000, allowed: 2_000 },
    ];
    expect(overLimitLines(preflight({ overLimits }).plan)).toEqual([
      '3.4 GB would be read; limits.max_read_bytes allows 2.0 GB.',
      '3\u202f000 would be decoded pixels; limits.max_pixels allows 2\u202f000.',
    ]);
  });
});
