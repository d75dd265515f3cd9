import type { BadInputRow } from './row.ts';
import { worker } from './row.ts';

const page = 'test/engine/output-index.test.ts';

export const lifeRows: readonly BadInputRow[] = [
  {
    id: 'B1',
    input: 'A part of the program is missing; nothing matches',
    before: 'exit 0, “succeeded”, with a made-up picture',
    now: 'A worker without a part of its bundle fails and says so. Nothing matched is “empty”, exit code 3',
    tests: [
      ['test/worker/lifecycle.test.ts', 'fails and says so, instead of succeeding with less'],
      ['test/worker/sources.test.ts', 'a search that matches nothing is empty, not a result'],
    ],
  },
  {
    id: 'B2',
    input: 'SIGTERM or SIGINT in the middle',
    before: 'status “running” for ever, empty log',
    now: 'cancelled (130) within 2 s, log and report written; killed outright: failed with the signal, by the engine',
    tests: [
      ['test/worker/endings.test.ts', 'ends as cancelled within 2 s of %s although its thread is busy'],
      ['test/worker/signals.test.ts', 'a signal at any moment'],
      ['test/contract/endings.ts', 'killed from outside: failed with the signal, within 5 s'],
    ],
  },
  {
    id: 'B3',
    input: 'Reading the log while it runs',
    before: 'nothing until the end, nothing on the output',
    now: 'Every line is on disk and on the output when it is said',
    tests: [
      ['test/worker/lifecycle.test.ts', 'is there line by line while the worker runs, in the folder and on its output'],
    ],
  },
  {
    id: 'B4',
    input: 'A server that stalls, trickles or fails',
    before: 'waited for ever',
    now: 'Tried again with growing pauses, then source_unavailable (69); the task’s deadline holds in any case (124)',
    tests: [
      ['test/worker/remedies.test.ts', 'a server with the fault %s'],
      ['test/worker/trickle.test.ts', 'a server that trickles is given up, a slow one is not'],
      ['test/worker/time-faults.test.ts', 'ends at the deadline, with what was said so far in the log'],
      ['test/engine/time-faults.test.ts', 'ends at the task’s own deadline: 124 on the command line, and the log kept'],
    ],
  },
  {
    id: 'B5',
    input: 'A run that fails',
    before: 'missing on the page of outputs',
    now: 'On the page like any other, with its reason',
    tests: [['test/engine/bad-input.test.ts', 'is on the page of outputs like any other, without being asked for']],
  },
  {
    id: 'B6',
    input: 'SCIENCECLAW_WORKER_OFFLINE=1 with a container',
    before: 'not passed on: the network was used',
    now: 'Both names of the variable reach every back end',
    tests: [
      ['test/cli/cli.test.ts', 'runs the seed’s example offline, from any folder and by either name of the variable'],
    ],
  },
  {
    id: 'B7',
    input: 'The same output folder again; four workers on one folder',
    before: 'overwritten and mixed, all with exit 0',
    now: 'A folder is for one run: conflict (73), nothing is touched. Of four workers one runs',
    tests: [
      ['test/worker/endings.test.ts', 'is never used twice'],
      ['test/worker/lifecycle.test.ts', 'give one run and three refusals, and nothing is mixed'],
    ],
  },
  {
    id: 'B8',
    input: 'Two task files of one name',
    before: 'the second replaced the first',
    now: 'Two jobs, two folders, each with its own task byte for byte',
    tests: [['test/engine/bad-input.test.ts', 'are two runs in two folders, each with its own task']],
  },
  {
    id: 'B9',
    input: 'Errors before anything is set up; a folder or log that cannot be written',
    before: 'traceback without a status, or “running” for ever',
    now: 'A status with state, code and remedy; where no file can be written, the same as JSON on the error output, 74',
    tests: [
      worker,
      ['test/worker/endings.test.ts', 'is told on stderr, with 74, when it cannot be written'],
      ['test/worker/storage-faults.test.ts', 'that holds its folder too is told on stderr, with 74'],
    ],
  },
];

export const folderRows: readonly BadInputRow[] = [
  {
    id: 'E1',
    input: 'status.json cut off, [1], not UTF-8, unreadable; a folder’s name that is not UTF-8',
    before: 'one bad folder failed the whole page',
    now: 'That run says that it cannot be read; the others are listed',
    tests: [[page, 'survives folders that are broken in any way, and still lists the good one']],
  },
  {
    id: 'E2',
    input: 'Names such as a#b?c%20d; links to /etc/passwd; circles of links',
    before: 'dead links; foreign files linked',
    now: 'Every part is encoded; no link is followed or listed',
    tests: [
      [page, 'follows no link out of a run'],
      ['test/engine/bad-input.test.ts', 'follows no circle of links'],
      ['test/engine/run-files.test.ts', 'never lead out of the folder'],
    ],
  },
  {
    id: 'E3',
    input: 'A status of 300 MB; 20,000 figures; outputs that cannot be written',
    before: '601 MB of memory; one cell of 1.2 MB; traceback',
    now: 'Not read; 40 of a kind are shown and the rest counted; storage (74) with a remedy',
    tests: [
      ['test/engine/bad-input.test.ts', 'reads no oversized status, and many figures cost little'],
      ['test/engine/bad-input.test.ts', 'that cannot be written is told on the command line with 74'],
    ],
  },
];
