import fc from 'fast-check';
import type { Actor } from '../../src-shared/gate/proposal.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import type { Fault } from '../priced/calls.ts';
import type { Death } from './crashing-disk.ts';
import { dieAt, isDead } from './crashing-disk.ts';
import type { SetRules } from './oracle.ts';
import { must } from './oracle.ts';
import type { Choice, World } from './world.ts';

/** Something that happens in the world. Plain data, so that a sequence can be printed and played again. */
export type Action =
  | { do: 'submit'; by: 'agent' | 'owner'; choice: Choice; machine: string | null; shown: 'this' | 'other' | 'nothing' }
  | { do: 'approve'; job: number; plan: 'shown' | 'before' | 'made up'; twice: boolean }
  | { do: 'refuse'; job: number }
  | { do: 'replan'; job: number; machine: string | null }
  | { do: 'cancel'; job: number }
  | { do: 'launch'; job: number; between: Action | null; meanwhile: Action | null }
  | { do: 'finish'; job: number }
  | { do: 'pass'; sec: number }
  | { do: 'sleep'; sec: number }
  | { do: 'set clock'; hours: number }
  | { do: 'restart' }
  | { do: 'die'; writes: number; how: Death }
  | { do: 'price'; machine: string; amount: number | null; available: boolean }
  | { do: 'rule'; rule: Exclude<keyof SetRules, 'isSound'> | 'threshold'; usd: number | 'malformed' }
  | { do: 'fault'; call: Fault['call']; kind: Fault['kind']; times: number | null }
  | { do: 'lift' }
  | { do: 'foreign'; label: 'none' | 'other' }
  | { do: 'autostop'; works: boolean }
  | { do: 'workers'; hear: boolean };

const owner: Actor = { by: 'owner', how: 'dialog' };
const machines = ['small', 'vague', 'spot', 'euro', 'large'];
const variables = {
  capJobUsd: 'TRANSECT_CAP_JOB_USD',
  capDayUsd: 'TRANSECT_CAP_DAY_USD',
  capWorkspaceUsd: 'TRANSECT_CAP_WORKSPACE_USD',
  threshold: 'TRANSECT_COMPUTE_COMMIT_THRESHOLD_USD',
} as const;

const job = fc.nat({ max: 5 });
const machine = fc.constantFrom(...machines);
const choice = fc.record({
  timeoutSec: fc.constantFrom(0, 600, 3_600, 18_000, 18_036, 40_000),
  mode: fc.constantFrom('job' as const, 'job' as const, 'cluster' as const),
});
const fault = fc.oneof(
  fc.record({ call: fc.constant('quote' as const), kind: fc.constantFrom('refuse' as const, 'unreachable' as const) }),
  fc.record({
    call: fc.constant('launch' as const),
    kind: fc.constantFrom('refuse' as const, 'unreachable' as const, 'lose' as const, 'late' as const),
  }),
  fc.record({ call: fc.constant('list' as const), kind: fc.constantFrom('unreachable' as const, 'stale' as const) }),
  fc.record({
    call: fc.constant('end' as const),
    kind: fc.constantFrom('refuse' as const, 'unreachable' as const, 'lose' as const, 'ignore' as const),
  }),
  fc.record({ call: fc.constant('actual' as const), kind: fc.constant('unreachable' as const) }),
);

const usual: fc.WeightedArbitrary<Action>[] = [
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      by: fc.constantFrom('agent' as const, 'owner' as const),
      choice,
      machine: fc.option<string>(machine, { freq: 2 }),
      shown: fc.constantFrom('this' as const, 'this' as const, 'other' as const, 'nothing' as const),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('approve' as const),
      job,
      plan: fc.constantFrom(
        'shown' as const,
        'shown' as const,
        'shown' as const,
        'before' as const,
        'made up' as const,
      ),
      twice: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), job }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replan' as const), job, machine: fc.option<string>(machine) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), job }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('finish' as const), job }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('pass' as const), sec: fc.constantFrom(1, 60, 600, 3_600, 10_000) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sleep' as const), sec: fc.constantFrom(60, 7_200, 90_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('set clock' as const), hours: fc.constantFrom(-48, -24, -1, 1, 24, 48) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('die' as const),
      writes: fc.integer({ min: 1, max: 8 }),
      how: fc.constantFrom('before' as const, 'torn' as const, 'after' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('price' as const),
      machine,
      amount: fc.constantFrom(0.5, 1, 1.0001, 2, 6, null),
      available: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('rule' as const),
      rule: fc.constantFrom(
        'capJobUsd' as const,
        'capDayUsd' as const,
        'capWorkspaceUsd' as const,
        'threshold' as const,
      ),
      usd: fc.constantFrom(0, 1, 4.99, 5, 10, 25, 60, 'malformed' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fault, fc.constantFrom(1, 1, 2, null))
      .map(([one, times]) => ({ do: 'fault' as const, ...one, times })),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lift' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('foreign' as const),
      label: fc.constantFrom('none' as const, 'other' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('autostop' as const), works: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('workers' as const), hear: fc.boolean() }) },
];

const amid = fc.option(fc.oneof(...usual.filter(({ weight }) => weight !== 8)), { freq: 4 });
const launch = fc.record({ do: fc.constant('launch' as const), job, between: amid, meanwhile: amid });
const one: fc.Arbitrary<Action> = fc.oneof(...usual, { weight: 6, arbitrary: launch });

/** The way that things usually go, which chance alone would seldom find. */
const way: fc.Arbitrary<Action[]> = fc
  .tuple(
    fc.record({
      do: fc.constant('submit' as const),
      by: fc.constantFrom('agent' as const, 'owner' as const),
      choice,
      machine: fc.option(machine, { freq: 3 }),
      shown: fc.constant('this' as const),
    }),
    fc.record({ do: fc.constant('approve' as const), job, plan: fc.constant('shown' as const), twice: fc.boolean() }),
    fc.option(one, { freq: 4 }),
    launch,
    fc.record({ do: fc.constant('pass' as const), sec: fc.constantFrom(60, 600, 3_600) }),
  )
  .map((steps) => steps.filter((step) => step !== null));
const mended: Action[] = [
  { do: 'lift' },
  { do: 'rule', rule: 'capJobUsd', usd: 25 },
  { do: 'rule', rule: 'capDayUsd', usd: 60 },
  { do: 'rule', rule: 'capWorkspaceUsd', usd: 200 },
  { do: 'rule', rule: 'threshold', usd: 5 },
  { do: 'price', machine: 'small', amount: 1, available: true },
];

/** Everything that happens in one world. */
export const sequences: fc.Arbitrary<Action[]> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: one.map((step) => [step]) },
      { weight: 4, arbitrary: way },
      { weight: 1, arbitrary: fc.constant(mended) },
    ),
    { minLength: 2, maxLength: 12, size: 'max' },
  )
  .map((parts) => parts.flat());

let made = 0;
/** An act that comes later than the supervisor waits for it (10 min) is found and ended, but was not counted meanwhile. */
const lateMs = 300_000;

/** Lets it happen. A job that is named is one of those in question, by its place. */
export async function perform(world: World, act: Action): Promise<void> {
  const { clocks, provider } = world;
  const among = (states: Parameters<World['jobs']['inStates']>) => {
    const found = world.jobs.inStates(...states);
    return 'job' in act && found.length > 0 ? found[act.job % found.length]!.id : null;
  };
  switch (act.do) {
    case 'submit':
      return submit(world, act);
    case 'approve':
      return approve(world, act, among(['awaiting_approval', 'awaiting_approval', 'queued']));
    case 'refuse':
      return withJob(among(['awaiting_approval']), (id) =>
        world.doing(({ proposals, approvals }) => {
          proposals.refuse(id, approvals.of(id)!.planSha256, owner, '');
          world.oracle.tookBack(id);
        }),
      );
    case 'replan':
      return withJob(among(['awaiting_approval']), (id) =>
        world.doing(async ({ proposals }) => {
          const before = proposals.list().find(({ jobId }) => jobId === id)?.offer.planSha256;
          const { offer } = await proposals.replan(id, act.machine ?? undefined, owner, new AbortController().signal);
          if (offer.planSha256 !== before) world.oracle.tookBack(id);
        }),
      );
    case 'cancel':
      return withJob(among(['awaiting_approval', 'queued', 'running']), (id) =>
        world.doing((parts) => {
          const state = world.jobs.state(id);
          if (state !== 'running') {
            parts.proposals.withdraw(id, owner);
            world.oracle.tookBack(id);
          }
          world.jobs.cancel(id, { state: 'cancelled', words: '' });
        }),
      );
    case 'launch':
      return withJob(among(['queued']), (id) => {
        const { meanwhile, between } = act;
        world.meanwhile = meanwhile === null ? null : () => perform(world, meanwhile);
        return world.launch(id, () => (between === null ? Promise.resolve() : perform(world, between)));
      });
    case 'finish':
      return withJob(among(['running', 'cancelling']), (id) => world.doing(() => world.finish(id)));
    case 'pass':
      return world.pass(act.sec);
    case 'sleep':
      clocks.sleep(act.sec);
      return world.tick();
    case 'set clock':
      clocks.set(act.hours * 3_600_000);
      world.oracle.clocksWereSet = true;
      return world.look();
    case 'restart':
      return world.restart();
    case 'die':
      if (world.parts !== null) dieAt(act.writes, act.how);
      return;
    case 'price': {
      const rates = provider
        .machine(act.machine)!
        .rates.map((rate) => (rate.kind === 'compute' ? { ...rate, amount: act.amount } : rate));
      provider.change(act.machine, { rates, unavailable: act.available ? null : 'none left' });
      return;
    }
    case 'rule':
      return rule(world, act);
    case 'fault':
      return provider.fault(act.call, act.kind, {
        times: act.times,
        afterMs: act.kind === 'stale' ? 120_000 : lateMs,
      });
    case 'lift':
      return provider.lift();
    case 'foreign':
      if (provider.machine('small')!.unavailable === null)
        provider.foreign('foreign', act.label === 'none' ? null : `other-${(made += 1)}`);
      return;
    case 'autostop':
      provider.autostopWorks = act.works;
      return;
    case 'workers':
      world.hears = act.hear;
  }
}

async function withJob(id: JobId | null, act: (id: JobId) => Promise<void>): Promise<void> {
  if (id !== null) await act(id);
}

/** As the engine does it for a call of the API. */
async function submit(
  world: World,
  { by, choice: chosen, machine: wanted, shown }: Action & { do: 'submit' },
): Promise<void> {
  made += 1;
  const id = makeJobId('paid', new Date(world.clocks.now()), Buffer.from(String(made).padStart(6, '0').slice(-6)));
  await world.doing(async ({ gate, proposals }) => {
    const planned = world.planned(chosen);
    const offer = await gate.offer({ ...planned, candidate: wanted }, new AbortController().signal);
    if (offer.verdict.kind === 'closed') return;
    const clicked = shown === 'this' ? offer.planSha256 : shown === 'other' ? 'f'.repeat(64) : null;
    const may = by === 'owner' && shown === 'this' && offer.verdict.kind === 'click';
    world.jobs.create(id, planned);
    const actor: Actor = by === 'owner' ? { by, how: 'click' } : { by, how: 'api' };
    let given: boolean;
    try {
      given = proposals.begin(id, offer, wanted, actor, clicked);
    } catch (cause) {
      if (isDead() && may) world.oracle.approved(id, offer.planSha256!, world.clocks.true);
      throw cause;
    }
    must(!given || may, 'approved without a person’s click on what was shown');
    if (given) world.oracle.approved(id, offer.planSha256!, world.clocks.true);
    world.jobs.move(id, given ? 'queued' : 'awaiting_approval');
  });
}

async function approve(world: World, { plan, twice }: Action & { do: 'approve' }, id: JobId | null): Promise<void> {
  if (id === null) return;
  for (let n = 0; n < (twice ? 2 : 1); n += 1)
    await world.doing(({ proposals, approvals }) => {
      const at = approvals.of(id);
      const before = at?.decisions.find(({ planSha256 }) => planSha256 !== at.planSha256)?.planSha256;
      const sha256 = { shown: at?.planSha256, before, 'made up': 'e'.repeat(64) }[plan] ?? 'd'.repeat(64);
      const isRight = sha256 === at?.planSha256 && world.jobs.state(id) === 'awaiting_approval';
      const note = () => world.oracle.approved(id, sha256, world.clocks.true);
      try {
        proposals.approve(id, sha256, owner, '');
      } catch (cause) {
        if (isDead() && isRight) note();
        throw cause;
      }
      must(isRight, 'approved another plan than the one that was shown');
      note();
    });
}

function rule(world: World, { rule: name, usd }: Action & { do: 'rule' }): void {
  const malformed = 'ten dollars';
  const env = { [variables[name]]: usd === 'malformed' ? malformed : String(usd) };
  const isSound = Object.values({ ...world.env, ...env }).every((value) => value !== malformed);
  world.set({ isSound, ...(name !== 'threshold' && usd !== 'malformed' && { [name]: usd }) }, env);
}
