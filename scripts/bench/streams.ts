import { appendFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRangeServer } from '../../test/helpers/range-server.ts';
import type { BenchEngine } from './bench-engine.ts';
import { out } from './bench-engine.ts';
import { round } from './measure.ts';

const count = 100;
const seconds = 10;
const linesPerSecond = 500;

/** What the engine holds while 100 clients follow the log of a run that writes 500 lines a second. */
export async function streams(engine: BenchEngine): Promise<unknown> {
  const fixtures = resolve(out, 'worker/fixtures');
  const server = await startRangeServer(fixtures, { latencyMs: 2_000 });
  const stop = new AbortController();
  try {
    const rasters = Array.from({ length: 100 }, (_, n) => `${server.url}/index.json?n=${n}`);
    const task = `task_name: streams\noutput_dir: /data/outputs/jobs/streams\ninputs:\n  rasters: ${JSON.stringify(rasters)}\nanalysis:\n  type: raster_summary\noutputs: {}\n`;
    const { id } = await engine.client('submitJob', { text: task, backend: 'process' });
    while ((await engine.client('getJob', { jobId: id })).state !== 'running') await sleep(20);
    const aloneMb = engine.memoryMb();
    let bytes = 0;
    const follow = async () => {
      for await (const text of await engine.client('jobLogs', { jobId: id, follow: true }, stop.signal))
        bytes += text.length;
    };
    const followed = Promise.allSettled(Array.from({ length: count }, follow));
    await sleep(2_000);
    const idleMb = engine.memoryMb();
    let mostMb = 0;
    const line = `${'x'.repeat(99)}\n`;
    for (let tick = 0; tick < seconds * 10; tick += 1) {
      appendFileSync(join(engine.root.jobFolder(id), 'logs.txt'), line.repeat(linesPerSecond / 10));
      await sleep(100);
      mostMb = Math.max(mostMb, engine.memoryMb() ?? 0);
    }
    await sleep(1_000);
    const { state } = await engine.client('getJob', { jobId: id });
    stop.abort();
    await followed;
    await engine.client('cancelJob', { jobId: id });
    return {
      streams: count,
      engineAloneMb: aloneMb,
      withIdleStreamsMb: idleMb,
      mostMb: mostMb === 0 ? null : mostMb,
      perStreamMb: aloneMb === null ? null : round((mostMb - aloneMb) / count, 2),
      sentMb: round(bytes / 1e6, 1),
      expectedMb: round((count * seconds * linesPerSecond * line.length) / 1e6, 1),
      runWentOn: state === 'running',
    };
  } finally {
    stop.abort();
    await server.close();
  }
}
