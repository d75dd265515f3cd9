import { describe, expect, it } from 'vitest';
import type { Backend } from '../../../src-main/engine/backends/backend.ts';
import { isRented, needsOf } from '../../../src-main/engine/gate/needs.ts';
import { Permit } from '../../../src-main/engine/gate/permit.ts';
import type { GateNeed, LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { taskOf } from './bench.ts';

const here: Pick<Backend, 'billing'> = {};
const on = (need: 'billed' | 'shared') => ({ billing: { need } }) as Pick<Backend, 'billing'>;
const plain = taskOf(60).task;
const pays: Task = { ...plain, access: { ...plain.access, requester_pays: true } as Task['access'] };
const service = { ...plain, analysis: { type: 'service', service: 'x' } } as unknown as Task;

describe('what needs an approval', () => {
  it.each<[string, Task, Pick<Backend, 'billing'>, boolean, GateNeed[]]>([
    ['nothing on this machine', plain, here, false, []],
    ['machines that cost', plain, on('billed'), false, ['billed']],
    ['machines that are others’', plain, on('shared'), true, ['shared']],
    ['a service', service, here, true, ['service']],
    ['reading where the reader pays', pays, here, false, ['requester_pays']],
    ['not reading at all', pays, here, true, []],
    ['all of it', { ...service, access: pays.access }, on('billed'), false, ['billed', 'service', 'requester_pays']],
  ])('of %s', (_, task, backend, offline, needs) => {
    expect(needsOf(task, backend, offline)).toEqual(needs);
  });

  it.each<[GateNeed[], boolean]>([
    [[], false],
    [['service', 'requester_pays'], false],
    [['billed'], true],
    [['service', 'shared'], true],
  ])('of %j is rented: %s', (needs, rented) => {
    expect(isRented(needs)).toBe(rented);
  });
});

describe('a permit', () => {
  const parts = { entryId: 'e', approvalId: 'a', plan: {} as LaunchPlan };

  it('is what the gate made, with what it was made of', () => {
    expect(Permit.is(new Permit(parts))).toBe(true);
    expect(new Permit(parts)).toMatchObject(parts);
  });

  it.each([
    ['its shape', parts],
    ['its copy', Object.assign({}, new Permit(parts))],
    ['its class alone', Object.create(Permit.prototype)],
    ['an array', [new Permit(parts)]],
    ['null', null],
    ['nothing', undefined],
    ['a text', 'permit'],
    ['a function', Permit],
    ['yes', true],
  ])('is not %s', (_, value: unknown) => {
    expect(Permit.is(value)).toBe(false);
  });
});
