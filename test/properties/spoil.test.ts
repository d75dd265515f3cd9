import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sequences } from './actions.ts';
import { live } from './live.ts';
import type { Spoil } from './world.ts';

/** Puts something else in the place of what a part of the product does. */
function replace<T extends object, K extends keyof T>(part: T, name: K, make: (real: T[K]) => T[K]): void {
  const real = part[name];
  const bound = typeof real === 'function' ? (real.bind(part) as T[K]) : real;
  Object.defineProperty(part, name, { value: make(bound), configurable: true });
}

/** How each promise would be broken, and what the oracle then says. */
const spoils: Record<string, { readonly says: RegExp; readonly spoil: Spoil }> = {
  'an approval that nobody gave': {
    says: /without an unused approval/,
    spoil: ({ approvals }) => {
      replace(approvals, 'unused', (real) => (id) => {
        const at = approvals.of(id);
        if (at === null || at.plan === null) return real(id);
        const { planSha256, boundMicroUsd } = at;
        return { id: `made-up-${id}`, planSha256, boundMicroUsd, expiresAt: '2099-01-01T00:00:00Z' };
      });
      replace(approvals, 'of', (real) => (id) => {
        const at = real(id);
        if (at === null || at.plan === null || at.approval !== null) return at;
        return {
          ...at,
          approval: {
            id: `made-up-${id}`,
            planSha256: at.planSha256,
            boundMicroUsd: 0,
            expiresAt: '2099-01-01T00:00:00Z',
          },
        };
      });
    },
  },
  'an approval for another plan than the one that was shown': {
    says: /another plan than the one that was shown/,
    spoil: ({ gate, approvals }) => {
      replace(
        gate,
        'approve',
        (real) =>
          (id, _sha256, ...rest) =>
            real(id, approvals.of(id)?.planSha256 ?? '', ...rest),
      );
    },
  },
  'a click that an agent’s call makes': {
    says: /without a person’s click/,
    spoil: ({ proposals }) => {
      replace(
        proposals,
        'begin',
        (real) => (id, offer, candidate) => real(id, offer, candidate, { by: 'owner', how: 'click' }, offer.planSha256),
      );
    },
  },
  'an approval that never expires': {
    says: /more than a day ago/,
    spoil: ({ approvals }) => {
      replace(approvals, 'isExpired', () => () => false);
    },
  },
  'prices that are not looked at again': {
    says: /at another price/,
    spoil: ({ billing }) => {
      let first: Awaited<ReturnType<typeof billing.quote>> | null = null;
      const real = billing.quote.bind(billing);
      Object.assign(billing, { quote: async (...ask: Parameters<typeof real>) => (first ??= await real(...ask)) });
    },
  },
  'settings that are taken for sound': {
    says: /malformed/,
    spoil: ({ judge }) => {
      replace(judge, 'problem', () => () => null);
    },
  },
  'a job’s cap that is not looked at': {
    says: /cap of a job/,
    spoil: ({ judge }) => withoutCap(judge, 'job'),
  },
  'a day’s cap that is not looked at': {
    says: /cap of a day/,
    spoil: ({ judge }) => withoutCap(judge, 'day'),
  },
  'a workspace’s cap that is not looked at': {
    says: /cap of the workspace/,
    spoil: ({ judge }) => withoutCap(judge, 'workspace'),
  },
  'a ledger that forgets what was spent': {
    says: /cap of (a day|the workspace)/,
    spoil: ({ ledger }) => {
      replace(ledger, 'used', () => () => ({ dayMicroUsd: 0, workspaceMicroUsd: 0 }));
    },
  },
  'a ledger that does not hear of a launch': {
    says: /the ledger does not know|second time/,
    spoil: ({ ledger }) => {
      replace(ledger, 'append', (real) => (data) => {
        if (data.type !== 'entry.opened') real(data);
      });
    },
  },
  'a supervisor whose orders get lost': {
    says: /outlives its bound|and it stays/,
    spoil: ({ billing }) => {
      Object.assign(billing, { end: () => Promise.resolve() });
    },
  },
  'a supervisor that sleeps': {
    says: /outlives its bound|and it stays/,
    spoil: ({ billing }) => {
      const real = billing.list.bind(billing);
      Object.assign(billing, {
        list: async (signal: AbortSignal) => {
          const { at, resources } = await real(signal);
          return { at, resources: resources.map((one) => ({ ...one, startedAt: at })) };
        },
      });
    },
  },
  'a supervisor that takes what others rent for its own': {
    says: /of others/,
    spoil: ({ billing, ledger }) => {
      const real = billing.list.bind(billing);
      Object.assign(billing, {
        list: async (signal: AbortSignal) => {
          const { at, resources } = await real(signal);
          const ours = ledger.entries().at(-1)?.id ?? null;
          return { at, resources: resources.map((one) => ({ ...one, entryId: one.entryId ?? ours })) };
        },
      });
    },
  },
};

function withoutCap(judge: Parameters<Spoil>[0]['judge'], of: string): void {
  replace(judge, 'rules', (real) => (...ask) => {
    const rules = real(...ask);
    const endless = 1e15;
    return { ...rules, caps: rules.caps.map((cap) => (cap.of === of ? { ...cap, limitMicroUsd: endless } : cap)) };
  });
}

it.each(Object.keys(spoils))('the oracle finds %s', { timeout: 120_000 }, async (name) => {
  const { spoil, says } = spoils[name]!;
  const found = await fc.check(
    fc.asyncProperty(sequences, async (actions) => {
      // Only what this spoils counts: a world that is broken in one place breaks in others, too.
      await live(actions, spoil).catch((cause: unknown) => {
        if (cause instanceof Error && says.test(cause.message)) throw cause;
      });
    }),
    { numRuns: 1_500, endOnFailure: true, seed: 7 },
  );
  expect(found.failed, 'no sequence broke it').toBe(true);
  console.info(`${name}: after ${found.numRuns} sequences`);
});
