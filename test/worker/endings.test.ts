import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkEnd, eventsOf, runWorker, statusOf, writeFiles } from '../helpers/worker-process.ts';
import { copyScenes, ndviTask, ofApi, ofItems } from './scenes.ts';

/** A composite on a grid so fine that it would take minutes: its thread is busy nearly all the time. */
function busyTask(items: readonly string[], limits = ''): string {
  return `task_name: busy
output_dir: /data/outputs/jobs/busy
inputs: ${ofItems(items)}
analysis: {type: composite, method: median, index: ndvi}
grid: {crs: "EPSG:32613", resolution: 1, bbox: [470000, 4422000, 486000, 4438000]}
outputs: {}
limits: {${limits}}
`;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

/** A STAC API that never ends: every page holds one item that takes twenty times its size on the heap. */
async function endlessApi(objects: number): Promise<string> {
  let page = 0;
  const url: string = await serve((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (request.url === '/')
      return void response.end(JSON.stringify({ type: 'Catalog', links: [{ rel: 'search', href: '/search' }] }));
    page += 1;
    const links = JSON.stringify([{ rel: 'next', href: `/search?page=${page}` }]);
    const item = `{"type":"Feature","id":"i${page}","collection":"sentinel-2-l2a","bbox":[0,0,1,1],"assets":{},"properties":{"datetime":"2023-06-01T00:00:00Z","x":[${'{},'.repeat(objects)}{}]}}`;
    response.end(`{"type":"FeatureCollection","features":[${item}],"links":${links}}`);
  });
  return url;
}

/** Calls back once the run reports progress of a phase. */
function whenBusy(out: string, phase: string, then: () => void): void {
  const timer = setInterval(() => {
    try {
      if (!readFileSync(join(out, 'events.ndjson'), 'utf8').includes(`"phase":"${phase}"`)) return;
    } catch {
      return;
    }
    clearInterval(timer);
    then();
  }, 20);
  onTestFinished(() => clearInterval(timer));
}

describe('a run that is ended from outside', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends as cancelled within 2 s of %s although its thread is busy',
    async (signal) => {
      // Whatever else this machine does can only make it slower: one of three times will do.
      for (let tries = 1; ; tries += 1) {
        let sentAt = 0;
        const run = await runWorker(busyTask(copyScenes(3).items), {
          onStart: (child, out) =>
            whenBusy(out, 'composite', () => {
              sentAt = performance.now();
              child.kill(signal);
            }),
        });
        const tookMs = performance.now() - sentAt;
        const { status, logs } = checkEnd(run, 'cancelled', 130);
        expect(status.error?.message).toBe('The run was cancelled.');
        expect(logs).toContain('Cancelled');
        expect(eventsOf(run).at(-1)).toMatchObject({ type: 'state', state: 'cancelled' });
        // Nothing half-written stays behind.
        expect(readdirSync(join(run.out, 'maps'))).toEqual([]);
        expect(readFileSync(join(run.out, 'report.md'), 'utf8')).toContain('cancelled');
        if (tookMs >= 2_000 && tries < 3) continue;
        expect(tookMs).toBeLessThan(2_000);
        return;
      }
    },
  );

  it('ends as cancelled while a server keeps it waiting', async () => {
    let asked = (): void => undefined;
    const url = await serve(() => asked());
    const run = await runWorker(ndviTask(ofApi(url)), {
      onStart: (child) => {
        asked = () => child.kill('SIGTERM');
      },
    });
    checkEnd(run, 'cancelled', 130);
  });

  it("ends as timed out at the task's own deadline, and at the engine's", async () => {
    const { items } = copyScenes(2);
    const own = await runWorker(busyTask(items, 'timeout_sec: 2'));
    expect(checkEnd(own, 'timed_out', 124).status.error?.message).toMatch(/after 2 s.*limits\.timeout_sec/);
    expect(own.ms).toBeLessThan(20_000);
    const engines = await runWorker(busyTask(items), { env: { TRANSECT_TIMEOUT_SEC: '1' } });
    checkEnd(engines, 'timed_out', 124);
  });

  it('keeps a heartbeat while it runs', async () => {
    const beats: string[] = [];
    const run = await runWorker(busyTask(copyScenes(2).items, 'timeout_sec: 7'), {
      onStart: (_, out) => {
        const timer = setInterval(() => {
          try {
            const status = statusOf({ out });
            if (status.state === 'running') beats.push(status.heartbeatAt);
          } catch {
            // Not yet there.
          }
        }, 100);
        onTestFinished(() => clearInterval(timer));
      },
    });
    checkEnd(run, 'timed_out', 124);
    expect(new Set(beats).size).toBeGreaterThanOrEqual(3);
  });

  it('does not die of closed pipes', async () => {
    const run = await runWorker(ndviTask(ofItems(copyScenes(1).items)), {
      onStart: (child) => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      },
    });
    checkEnd(run, 'succeeded', 0);
  });
});

describe('a run that meets a limit', () => {
  it('is refused before it starts when its plan needs more bytes than allowed', async () => {
    const run = await runWorker(ndviTask(ofItems(copyScenes(3).items), 'limits: {max_read_bytes: 300000}'));
    const { status } = checkEnd(run, 'failed', 78);
    expect(status.error?.message).toMatch(/not started: it would read \d+ bytes; limits\.max_read_bytes allows 300000/);
    expect(readdirSync(join(run.out, 'maps'))).toEqual([]);
  });

  it('is stopped when it reads more than allowed on the way', async () => {
    const run = await runWorker(ndviTask(ofItems(copyScenes(3).items), 'limits: {max_read_bytes: 9000}'));
    expect(checkEnd(run, 'failed', 78).status.error?.message).toMatch(
      /This run would read \d+ bytes; limits\.max_read_bytes allows 9000/,
    );
  });

  it.each([
    ['max_items', 'max_items: 2', /3 items; limits\.max_items allows 2/],
    ['max_pixels', 'max_pixels: 1000', /decode \d+ source pixels; limits\.max_pixels allows 1000/],
    ['max_output_bytes', 'max_output_bytes: 1000', /write up to \d+ bytes; limits\.max_output_bytes allows 1000/],
  ])('names the limit %s, what was asked and what is allowed', async (_, limit, message) => {
    const run = await runWorker(ndviTask(ofItems(copyScenes(3).items), `limits: {${limit}}`));
    const { status } = checkEnd(run, 'failed', 78);
    expect(status.error?.code).toBe('over_limit');
    expect(status.error?.message).toMatch(message);
  });

  it('ends as over_limit when a catalogue never ends', async () => {
    const run = await runWorker(
      ndviTask(ofApi(await endlessApi(150_000), 'max_items: 10000'), 'limits: {memory_mb: 256}'),
    );
    const { status } = checkEnd(run, 'failed', 78);
    expect(status.error?.message).toMatch(
      /(bytes of JSON in all catalogue documents; limits\.memory_mb allows|more memory than limits\.memory_mb: 256 MiB)/,
    );
  });

  it('refuses a document that could fill the heap while it is parsed', async () => {
    const run = await runWorker(ndviTask(ofApi(await endlessApi(9_000_000)), 'limits: {memory_mb: 256}'));
    expect(checkEnd(run, 'failed', 78).status.error?.message).toMatch(
      /bytes of JSON in a catalogue document; limits\.memory_mb allows/,
    );
  });
});

describe('the output folder', () => {
  it('is never used twice', async () => {
    const out = writeFiles({ 'notes.txt': 'mine' });
    const run = await runWorker(ndviTask(ofItems(copyScenes(1).items)), { out });
    expect(run.code).toBe(73);
    expect(run.stderr).toContain('already holds notes.txt');
    expect(readdirSync(out)).toEqual(['notes.txt']);
  });

  it('may hold the very task.yaml, put there by the engine, but no other', async () => {
    const task = ndviTask(ofItems(copyScenes(1).items));
    checkEnd(await runWorker(task, { out: writeFiles({ 'task.yaml': task }) }), 'succeeded', 0);
    expect((await runWorker(task, { out: writeFiles({ 'task.yaml': `${task}# changed` }) })).code).toBe(73);
  });

  it('is told on stderr, with 74, when it cannot be written', async () => {
    const run = await runWorker(ndviTask(ofItems(copyScenes(1).items)), { out: '/dev/null/out' });
    expect(run.code).toBe(74);
    expect(JSON.parse(run.stderr)).toMatchObject({
      code: 'storage',
      remedy: expect.stringContaining('--out') as string,
    });
  });
});

describe('--plan', () => {
  it('prints bounds and touches nothing', async () => {
    const run = await runWorker(ndviTask(ofItems(copyScenes(2).items)), { args: ['--plan'] });
    expect(run.code).toBe(0);
    const plan = JSON.parse(run.stdout) as { items: number; readBytes: number; pixels: number };
    expect(plan).toMatchObject({ v: 1, items: 2, hosts: [] });
    expect(plan.pixels).toBe(2 * 2 * 226 * 220);
    expect(plan.readBytes).toBeGreaterThan(2 * 100_000);
    expect(() => statusOf(run)).toThrow();
  });

  it('says what is wrong with a task, with 64', async () => {
    const run = await runWorker('task_name: x\n', { args: ['--plan'] });
    expect(run.code).toBe(64);
    expect(JSON.parse(run.stderr)).toMatchObject({
      code: 'invalid_task',
      problems: expect.arrayContaining([expect.objectContaining({ path: 'inputs' })]) as unknown[],
    });
  });
});
