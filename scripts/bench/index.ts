import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { OutputIndex } from '../../src-main/engine/output-index/output-index.ts';
import { JobStore } from '../../src-main/engine/store/job-store.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import { makeRuns } from '../../test/helpers/many-runs.ts';
import { best, median, python, ratio, round, times } from './measure.ts';

const count = 10_000;
const runs = 3;

/** Wall-clock time, and the processor's, which says more on a machine that does something else besides. */
interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

interface Peer {
  readonly reindex: Cost;
  readonly page: Cost;
}

/** The best of some runs, each counted for itself. */
async function costOf(work: () => unknown): Promise<Cost> {
  const cpu: number[] = [];
  const ms = await best(runs, async () => {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
  });
  return { ms, cpuMs: Math.min(...cpu) };
}

function compared(own: Cost, peer: Cost | undefined) {
  const perJob = (ms: number | undefined) => (ms === undefined ? null : round(ms / count, 3));
  return {
    ms: round(own.ms),
    perJobMs: perJob(own.ms),
    cpuPerJobMs: perJob(own.cpuMs),
    pythonPerJobMs: perJob(peer?.ms),
    pythonCpuPerJobMs: perJob(peer?.cpuMs),
    ratio: ratio(own.ms, peer?.ms),
    cpuRatio: ratio(own.cpuMs, peer?.cpuMs),
  };
}

/** The same work in plain Python over the same files. */
function peer(root: string): Peer | null {
  if (python === null) return null;
  const script = join(import.meta.dirname, 'index_peer.py');
  const done = spawnSync(python, [script, root, String(runs)], { encoding: 'utf8' });
  if (done.status !== 0) console.error(done.stderr);
  return done.status === 0 ? (JSON.parse(done.stdout) as Peer) : null;
}

/** A job that waits, with the folder of another. */
function queuedJob(root: DataRoot, store: JobStore, like: JobId): JobId {
  const id = makeJobId('one more', new Date(), randomBytes(6));
  const common = { backend: 'process', backendReason: 'bench', mode: 'job', offline: true, by: 'agent' } as const;
  const task = { taskName: 'one more', taskSha256: '', baseDir: null, grants: [] };
  store.append(id, { type: 'job.created', ...common, ...task });
  cpSync(root.jobFolder(like), root.jobFolder(id), { recursive: true });
  store.move(id, 'queued');
  return id;
}

/** What 10,000 finished runs cost: indexing them anew, opening the index, finding some, and the pages of outputs/index.html. */
export async function benchIndex(folder: string): Promise<unknown> {
  const root = openDataRoot(join(folder, 'index'));
  const start = performance.now();
  const [like] = makeRuns(root, count);
  if (like === undefined) throw new Error('no run was made');
  const made = performance.now() - start;
  const { store } = JobStore.open(root);
  const pages = new OutputIndex({ root, states: () => store.states(), log: pino({ level: 'silent' }) });
  const reindex = await costOf(() => store.rebuild());
  const page = await costOf(() => pages.writeAll());
  const [recorded, shown]: [number[], number[]] = [[], []];
  for (let run = 0; run < 15; run += 1) {
    const id = queuedJob(root, store, like);
    // What an end costs: the last line of the record with its row in the index, then the pages that it changes.
    recorded.push(await best(1, () => store.move(id, 'cancelled')));
    shown.push(
      await best(1, async () => {
        pages.request();
        await pages.settled();
      }),
    );
  }
  const list = await times(20, (run) => store.list({ limit: 120, skip: run * 400 }));
  const search = await times(20, () => store.list({ q: 'dunes 0001', limit: 120 }));
  const memoryMb = process.memoryUsage.rss() / 1e6;
  store.close();
  const open = await best(runs, () => JobStore.open(root).store.close());
  const plain = peer(root.path);
  return {
    jobs: count,
    peer:
      plain === null
        ? 'absent: run npm run setup'
        : 'plain Python 3 over the same files, without what makes an index safe',
    makeRunsMs: round(made),
    reindex: compared(reindex, plain?.reindex),
    outputIndex: compared(page, plain?.page),
    oneRunEnded: {
      recordAndIndexMs: { median: round(median(recorded), 1), best: round(Math.min(...recorded), 1) },
      pagesMs: { median: round(median(shown), 1), best: round(Math.min(...shown), 1) },
    },
    openExistingMs: round(open),
    listPageMs: { first: round(list[0] ?? 0, 1), median: round(median(list), 1) },
    searchMs: round(median(search), 1),
    indexMb: round(statSync(root.indexFile).size / 1e6, 1),
    processMb: round(memoryMb),
  };
}
