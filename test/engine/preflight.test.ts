import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError, toAppError } from '../../src-shared/errors.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import { connect } from '../../src-main/client/connect.ts';
import { findExamples } from '../../src-main/engine/library/examples.ts';
import { Preflights } from '../../src-main/engine/preflight/preflights.ts';
import { askThroughWindow } from '../helpers/ask-engine.ts';
import { workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';

const from = 'examples/example_band_index.yaml';

/** A task that searches an API. */
const searching = (api: string) => `task_name: waits
output_dir: /data/outputs/jobs/waits
inputs: {stac_api: "${api}", collection: c}
analysis: {type: stac_preview, bands: [red]}
outputs: {}
`;

/** An API that never answers. */
async function silentApi(): Promise<string> {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a preflight', () => {
  it('says what a run would read, need and take, and leaves nothing behind', { timeout: 120_000 }, async () => {
    const root = workspace();
    const { client } = await connect(root);
    const { text } = await client('readTask', { taskId: from });
    const { plan, tookMs } = await client('planTask', { text, from, backend: 'process', offline: true });
    expect(plan).toMatchObject({ items: 8, matched: 8, overLimits: [], hosts: [] });
    expect(plan.licences).toEqual([{ collection: 'sentinel-2-l2a', license: 'proprietary', href: null, items: 8 }]);
    expect(plan.readBytes).toBeGreaterThan(100_000);
    expect(plan.seconds).toBeGreaterThan(0);
    expect(tookMs).toBeGreaterThan(0);
    expect((await client('listJobs', {})).total).toBe(0);
    expect(readdirSync(root.engine).filter((name) => name.startsWith('plan-'))).toEqual([]);

    const small = text.replace('max_read_bytes: 50000000', 'max_read_bytes: 1300000');
    const over = await client('planTask', { text: small, from, backend: 'process', offline: true });
    expect(over.plan.overLimits).toEqual([{ limit: 'max_read_bytes', asked: plan.readBytes, allowed: 1_300_000 }]);
  });

  it('refuses what a run would be refused for, and what can’t be planned', { timeout: 120_000 }, async () => {
    const root = workspace();
    const { client } = await connect(root);
    const local = (raster: string) => `task_name: t
output_dir: /data/outputs/jobs/t
inputs: {raster: ${raster}}
analysis: {type: raster_summary}
outputs: {}
`;
    const plan = (text: string, more: object = {}) => client('planTask', { text, backend: 'process', ...more });
    await expect(plan('task_name: t\n')).rejects.toMatchObject({ code: 'invalid_task' });
    await expect(plan(local('/etc/hostname'))).rejects.toMatchObject({ code: 'denied' });
    await expect(plan(local('nothing.tif'), { baseDir: findExamples({}) })).rejects.toMatchObject({
      code: 'not_found',
    });
    // A file that is there and is no raster: the worker's own error.
    await expect(plan(local('example_band_index.yaml'), { baseDir: findExamples({}) })).rejects.toMatchObject({
      code: 'bad_data',
    });
    const service = `task_name: s
output_dir: /data/outputs/jobs/s
inputs: {raster: data/elevation.tif}
analysis: {type: service, image: "example.org/x:1", argv: [ls]}
outputs: {}
`;
    const refused = plan(service, { baseDir: findExamples({}), backend: 'docker' });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_task',
      message: expect.stringMatching(/service can’t be planned/) as string,
    });
    const reply = await askThroughWindow(root, '/api/v1/plans', { text: local('a.tif'), baseDir: '/etc' });
    expect(reply.status).toBe(403);
  });

  it('reads no bucket whose reader pays: nobody has approved that', async () => {
    const paying = `task_name: t
output_dir: /data/outputs/jobs/t
inputs: {rasters: ["s3://bucket/red.tif"]}
analysis: {type: raster_summary}
outputs: {}
access: {requester_pays: true}
secrets: {AWS_ACCESS_KEY_ID: {secret: a}, AWS_SECRET_ACCESS_KEY: {secret: b}}
`;
    const asked: string[] = [];
    const touch = (what: string) => (): never => {
      asked.push(what);
      throw new AppError('backend_unavailable', what);
    };
    const preflights = new Preflights({
      host: { root: tempFolder(), bubblewrap: { state: touch('walls') } } as never,
      folder: tempFolder(),
      settings: { without_docker: 'process' },
      secrets: touch('secrets'),
      cache: { planFoldersOf: touch('cache') },
    });
    const of = (offline: boolean) => ({
      ...{ task: requireTask(Buffer.from(paying)).task, text: paying, inputs: { v: 1 as const, files: [] } },
      ...{ offline, backend: undefined },
    });
    const signal = new AbortController().signal;
    await expect(preflights.plan(of(false), signal)).rejects.toMatchObject({
      code: 'gate_closed',
      remedy: expect.stringMatching(/offline, or submit it/) as string,
    });
    expect(asked).toEqual([]);
    await expect(preflights.plan(of(true), signal)).rejects.toMatchObject({ code: 'backend_unavailable' });
    expect(asked).toEqual(['walls']);
  });

  it('ends when nobody waits for it, and makes room for the next', { timeout: 120_000 }, async () => {
    const root = workspace();
    const { client } = await connect(root);
    const text = searching(await silentApi());
    const leaving = new AbortController();
    const waiting = [0, 1].map(() => client('planTask', { text, backend: 'process' }, leaving.signal));
    const settled = Promise.allSettled(waiting);
    // Each has a folder of its own while it is made. A third asked for before that would take the room of the second.
    const underWay = () => readdirSync(root.engine).filter((name) => name.startsWith('plan-')).length;
    await expect.poll(underWay, { timeout: 60_000 }).toBe(2);
    await expect(client('planTask', { text, backend: 'process' })).rejects.toMatchObject({ code: 'over_limit' });
    expect(underWay()).toBe(2);
    leaving.abort();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const example = await client('readTask', { taskId: from });
    await expect
      .poll(
        () =>
          client('planTask', { text: example.text, from, backend: 'process', offline: true }).then(
            ({ plan }) => plan.items,
            (cause: unknown) => toAppError(cause).code,
          ),
        { timeout: 60_000, interval: 500 },
      )
      .toBe(8);
  });
});
