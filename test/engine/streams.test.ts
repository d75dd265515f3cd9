import { describe, expect, it } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import type { WorkerEvent } from '../../src-shared/worker-protocol.ts';
import { allOf } from '../helpers/all-of.ts';
import { endProcess, until, untilEnded, workspace } from '../helpers/programs.ts';

const from = 'examples/example_band_index.yaml';

describe('following a job', () => {
  it('twenty followers at once all see every event once, and end with the job', async () => {
    const root = workspace();
    const connection = await connect(root);
    const { client } = connection;
    const { text } = await client('readTask', { taskId: from });
    const { id } = await client('submitJob', { text, from, backend: 'process', offline: true });
    const followers = await Promise.all(
      Array.from({ length: 20 }, async () => allOf(await client('jobEvents', { jobId: id, follow: true }))),
    );
    expect((await untilEnded(connection, id, 1_000)).state).toBe('succeeded');
    const all = await allOf(await client('jobEvents', { jobId: id }));
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
    expect(all.some(({ type }) => type === 'progress')).toBe(true);
    for (const events of followers) expect(events).toEqual(all);
    for (const after of [0, 1, 5, all.length - 1, all.length, 10_000])
      expect(await allOf(await client('jobEvents', { jobId: id, after }))).toEqual(all.slice(after));
  });

  it('goes on where it was after the engine was killed', async () => {
    const root = workspace();
    const first = await connect(root);
    const { text } = await first.client('readTask', { taskId: from });
    const { id } = await first.client('submitJob', { text, from, backend: 'process', offline: true });
    const { cursor, epoch } = await first.client('health', {});
    const seen: WorkerEvent[] = [];
    await expect(
      (async () => {
        for await (const event of await first.client('jobEvents', { jobId: id, follow: true })) {
          seen.push(event);
          if (seen.length === 4) await endProcess(first.health.pid);
        }
      })(),
    ).rejects.toMatchObject({ code: 'backend_unavailable' });
    expect(seen.length).toBeGreaterThanOrEqual(4);

    const second = await connect(root);
    expect(second.health.pid).not.toBe(first.health.pid);
    const after = seen.at(-1)?.seq ?? 0;
    for await (const event of await second.client('jobEvents', { jobId: id, after, follow: true })) seen.push(event);
    expect(seen).toEqual(await allOf(await second.client('jobEvents', { jobId: id })));
    expect((await untilEnded(second, id)).state).toBe('succeeded');

    // The stream of all jobs too: the index was not rebuilt, so the position still holds.
    expect(second.health.epoch).toBe(epoch);
    const rest = await allOf(await second.client('events', { after: cursor, epoch }));
    expect(rest.map(({ event }) => event.data.type)).toContain('job.attached');
    expect(rest.at(-1)?.cursor).toBe((await second.client('health', {})).cursor);
  });

  it('is answered at once, before there is anything to say, and leaves nothing behind', async () => {
    const root = workspace();
    const { client } = await connect(root);
    const leave = new AbortController();
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => client('events', { follow: true }, leave.signal)),
    );
    // All of them are open: an answer has come for each, and the engine still answers others.
    expect(streams).toHaveLength(20);
    expect((await client('health', {})).running).toBe(0);
    const ended = streams.map((stream) => allOf(stream).catch(() => 'left'));
    leave.abort();
    expect(await Promise.all(ended)).toEqual(streams.map(() => 'left'));
    await until('the engine to answer', 1_000, async () => (await client('health', {})).name);
  });
});
