import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../../src-main/engine/server/handlers.ts';
import { resourceHandlers } from '../../../src-main/engine/server/resource-handlers.ts';
import type { Spending } from '../../../src-shared/api/spending.ts';
import { Resources } from '../../../src-shared/api/spending.ts';
import { World, jobId } from './support.ts';

const spent: Spending = {
  ...{ at: '2026-08-01T12:00:00Z', open: [], hourlyMicroUsd: 0, overdue: 0, waiting: 0, caps: [], problem: null },
};
const handlersOf = ({ supervisor }: World) => resourceHandlers({ supervisor, spending: () => spent });
const by = (caller: 'agent' | 'owner', through: 'window' | 'direct'): CallContext => ({
  ...{ caller, through, signal: AbortSignal.timeout(60_000) },
});

describe('what is there, over the API', () => {
  it('is told in three lists that fit the contract, before and after a look', async () => {
    const world = new World();
    const handlers = handlersOf(world);
    expect(Resources.parse(await handlers.resources({}, by('agent', 'direct')))).toEqual({
      ...{ ours: [], unknown: [], missing: [] },
      backends: [{ backend: 'skypilot', at: null, problem: null }],
    });
    world.open('job');
    world.cloud.rent('a', 'job');
    world.cloud.rent('b', 'cluster', { entryId: 'somebody', startedAt: '2026-08-01T14:00:00+02:00', hourly: null });
    const lists = Resources.parse(await handlers.lookAtResources({}, by('agent', 'direct')));
    expect(lists.ours).toMatchObject([{ id: 'a', entryId: jobId, label: jobId, hourlyMicroUsd: 3_600_000 }]);
    expect(lists.unknown).toMatchObject([
      { id: 'b', entryId: null, label: 'somebody', startedAt: '2026-08-01T12:00:00.000Z', hourlyMicroUsd: null },
    ]);
    expect(lists.backends).toMatchObject([{ backend: 'skypilot', at: '2026-08-01T12:00:00.000Z' }]);
  });

  it('an order of a person is given and noted as theirs, from the window or from a program', async () => {
    const world = new World();
    const handlers = handlersOf(world);
    world.open('cluster');
    world.cloud.rent('c', 'cluster');
    const order = { backend: 'skypilot', resourceId: 'c' } as const;
    Resources.parse(await handlers.endResource({ ...order, how: 'stop' }, by('owner', 'window')));
    Resources.parse(await handlers.endResource({ ...order, how: 'down' }, by('owner', 'direct')));
    expect(world.cloud.orders.map(({ how }) => how)).toEqual(['stop', 'down']);
    const actors = world.lines().flatMap(({ data }) => (data.type === 'entry.ending' ? [data.actor] : []));
    expect(actors).toContainEqual({ by: 'owner', how: 'click' });
    expect(actors).toContainEqual({ by: 'owner', how: 'api' });
  });

  it('what is taken over is ours', async () => {
    const world = new World();
    const handlers = handlersOf(world);
    world.cloud.rent('x', 'cluster', { entryId: null });
    const named = { backend: 'skypilot', resourceId: 'x', endAt: null } as const;
    const lists = Resources.parse(await handlers.adoptResource(named, by('owner', 'window')));
    expect(lists).toMatchObject({ ours: [{ id: 'x', label: null }], unknown: [] });
  });

  it('all work of a kind is ended, and what costs then is answered', async () => {
    const world = new World();
    world.open('job');
    world.cloud.rent('r', 'job');
    await world.ticks(1);
    expect(await handlersOf(world).endOpenWork({ how: 'cancel' }, by('agent', 'direct'))).toEqual(spent);
    expect(world.cloud.states()).toEqual({});
  });
});

describe('back ends', () => {
  it('whose machines cost nothing are no business of the supervisor', async () => {
    const world = new World([['process', undefined]]);
    world.open('job', { on: 'process', runSec: 60 });
    await world.run(3_700);
    expect(world.supervisor.hasWork()).toBe(false);
    expect(world.supervisor.conditions()).toEqual([]);
    expect(world.entry()).toMatchObject({ state: 'open', endings: 0 });
    expect(world.cancelled).toEqual([]);
  });

  it('that this engine does not have may cost all the same, and a person is told', () => {
    const world = new World();
    world.open('job', { on: 'kubernetes' });
    expect(world.supervisor.hasWork()).toBe(true);
    expect(world.supervisor.conditions()).toMatchObject([
      {
        ...{ id: 'unheard-kubernetes', level: 'warning' },
        message: 'What costs money on Kubernetes can’t be seen: this engine has no back end kubernetes.',
      },
    ]);
  });
});
