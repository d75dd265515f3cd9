import type { BadInputRow } from './row.ts';

export const faultRows: readonly BadInputRow[] = [
  {
    id: 'F1',
    input: 'A disk that is full, or fills up (1 MB)',
    before: '',
    now: 'storage (74), the status final, no half files, the log kept; the engine waits for space and then writes ends',
    tests: [
      [
        'test/worker/storage-faults.test.ts',
        'that fills up while the map is written: failed, with 74, and everything told',
      ],
      ['test/worker/storage-faults.test.ts', 'of which %i KiB were left: no half files, and a final status or none'],
      [
        'test/worker/journal.test.ts',
        'tells once of a full disk, writes no half lines, and goes on when there is room',
      ],
      [
        'test/engine/faults.test.ts',
        'a full disk: the engine lives on, and the job’s end is written when there is space again',
      ],
    ],
  },
  {
    id: 'F2',
    input: 'A root, or a workspace, that is read-only',
    before: '',
    now: 'The worker needs its own folder only. A read-only workspace is refused with 74 and is as it was afterwards',
    tests: [
      ['test/worker/storage-faults.test.ts', 'is all that the worker needs besides its own folder'],
      [
        'test/engine/storage-faults.test.ts',
        'is refused with 74 by whoever wants to use it, and is as it was afterwards',
      ],
    ],
  },
  {
    id: 'F3',
    input: 'A clock that is set days ahead or back',
    before: '',
    now: 'Deadlines and signs of life go by a clock that cannot be set; the times of a run never go back; records stay readable',
    tests: [
      [
        'test/worker/time-faults.test.ts',
        'days ahead and days back: the deadline stays where it was, and time never goes back',
      ],
      ['test/engine/time-faults.test.ts', 'days ahead and days back keeps its jobs, and its records stay readable'],
    ],
  },
  {
    id: 'F4',
    input: 'Sleep and wake (SIGSTOP, SIGCONT), of the worker or of everything',
    before: '',
    now: 'The job goes on; past its deadline it ends as timed_out (124) when it wakes, with the log kept',
    tests: [
      ['test/worker/time-faults.test.ts', 'past its deadline: ends as timed out when it wakes, with the log kept'],
      ['test/engine/time-faults.test.ts', '%s: the job goes on when it wakes'],
    ],
  },
  {
    id: 'F5',
    input: 'A hundred thousand lines, and far more',
    before: '',
    now: 'Kept whole up to 32 MiB; beyond, beginning and end are kept and the number of lines left out stands between',
    tests: [
      ['test/worker/journal.test.ts', 'keeps 100,000 lines as they are'],
      ['test/worker/journal.test.ts', 'keeps beginning and end of very much, and says how many lines are missing'],
    ],
  },
];
