import { expect, it } from 'vitest';
import type { Action } from './actions.ts';
import { live } from './live.ts';
import { keepsItsPromises } from './promises.ts';

keepsItsPromises(0);

it('counts a day’s spending when the clock was set forward and back again', async () => {
  const submit = (timeoutSec: number): Action => ({
    ...{ do: 'submit', by: 'agent', machine: 'small', shown: 'nothing' },
    choice: { timeoutSec, mode: 'job' },
  });
  const approve: Action = { do: 'approve', job: 0, plan: 'shown', twice: false };
  const launch: Action = { do: 'launch', job: 0, between: null, meanwhile: null };
  const over: Action[] = [
    { do: 'finish', job: 0 },
    { do: 'pass', sec: 600 },
    { do: 'pass', sec: 600 },
  ];
  const { provider, clocks } = await live([
    { do: 'rule', rule: 'capDayUsd', usd: 5 },
    // Both records hear of the day after tomorrow, or only that of approvals.
    ...[
      { do: 'set clock', hours: 48 } as const,
      submit(600),
      approve,
      { do: 'set clock', hours: -48 } as const,
      launch,
    ],
    ...[{ do: 'pass', sec: 600 } as const, ...over, submit(14_000), approve, launch],
    ...[{ do: 'pass', sec: 10_000 } as const, ...over],
    ...[submit(18_000), approve, launch, { do: 'pass', sec: 60 } as const],
  ]);
  const bills = provider.rentals().map((rental) => rental.bill(clocks.true));
  expect(bills).toHaveLength(2);
  // With the next, which can cost 5 USD, the day would come to more.
  expect(bills[0]! + bills[1]!).toBeGreaterThan(2);
});
