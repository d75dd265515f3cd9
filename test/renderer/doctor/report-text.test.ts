import { expect, test } from 'vitest';
import type { DoctorReport } from '../../../src-shared/api/doctor.ts';
import { levelCounts, reportText } from '../../../src-renderer/doctor/report-text.ts';

const report: DoctorReport = {
  at: '2026-11-22T08:00:00.000Z',
  machine: [
    {
      id: 'engine',
      title: 'Engine',
      level: 'ok',
      found: 'It answers.',
      remedy: null,
      facts: [{ label: 'Node', value: '24' }],
    },
  ],
  backends: [
    {
      id: 'docker',
      title: 'Docker',
      available: false,
      checks: [
        {
          id: 'socket',
          title: 'Socket',
          level: 'missing',
          found: 'Nothing answers.',
          remedy: 'Start Docker.',
          facts: [],
        },
      ],
    },
  ],
};

test('the report as text has every finding, its level, its facts and what to do', () => {
  expect(reportText(report)).toBe(
    [
      'Transect Doctor, 2026-11-22 08:00:00 UTC+00:00',
      '',
      'This machine',
      '- Engine (ok): It answers.',
      '  Node: 24',
      '',
      'Docker: tasks cannot run here',
      '- Socket (missing): Nothing answers.',
      '  What to do: Start Docker.',
      '',
    ].join('\n'),
  );
});

test('levels are counted over the machine and all back ends', () => {
  expect(levelCounts(report)).toEqual({ ok: 1, limited: 0, missing: 1 });
});
