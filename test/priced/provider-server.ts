import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { toAppError } from '../../src-shared/errors.ts';
import type { CallName, Calls, Fault } from './calls.ts';
import type { Machine } from './machines.ts';
import { lent, rented } from './machines.ts';
import type { Times } from './provider.ts';
import { Provider } from './provider.ts';
import { keepWorkers } from './workers.ts';

/** What tests order: over and above what an account may ask. */
export type Command =
  | { readonly do: 'turn'; readonly ms: number }
  | { readonly do: 'fault'; readonly call: CallName; readonly kind: Fault['kind']; readonly more?: Partial<Fault> }
  | { readonly do: 'lift'; readonly call?: CallName }
  | { readonly do: 'change'; readonly id: string; readonly change: Partial<Machine> }
  | { readonly do: 'foreign'; readonly name: string; readonly label?: string }
  | { readonly do: 'autostop'; readonly works: boolean }
  | { readonly do: 'show' };

/** What `show` answers. */
export interface Shown {
  readonly now: number;
  readonly rentals: readonly {
    readonly id: string;
    readonly name: string;
    readonly label: string | null;
    readonly state: string;
    /** Its command has ended. */
    readonly isIdle: boolean;
    readonly startedAt: number | null;
    readonly goneAt: number | null;
    readonly bill: number;
  }[];
  readonly calls: readonly { readonly name: CallName; readonly input: unknown; readonly fault: string | null }[];
}

/** Tests wait for no machines longer than they have to. */
const times: Times = { provisionMs: 200, endMs: 200, billMs: 2_000 };

let ahead = 0;
/** Goes with this machine’s monotonic clock, so that nobody who sets the time of day moves it; tests turn it. */
const began = Date.now();
const clock = () => began + performance.now() + ahead;
const provider = new Provider(clock, process.argv.includes('--lent') ? lent : rented, times);
keepWorkers(provider);

function obey(order: Command): unknown {
  switch (order.do) {
    case 'turn':
      ahead += order.ms;
      return null;
    case 'fault':
      provider.fault(order.call, order.kind, order.more);
      return null;
    case 'lift':
      provider.lift(order.call);
      return null;
    case 'change':
      provider.change(order.id, order.change);
      return null;
    case 'foreign':
      return { id: provider.foreign(order.name, order.label ?? null).id };
    case 'autostop':
      provider.autostopWorks = order.works;
      return null;
    case 'show':
      return shown();
  }
}

function shown(): Shown {
  const now = provider.now();
  const rentals = provider.rentals().map((rental) => {
    const { id, name, label, state, startedAt, goneAt, idleSince } = rental;
    return { id, name, label, state, isIdle: idleSince !== null, startedAt, goneAt, bill: rental.bill(now) };
  });
  return { now, rentals, calls: provider.log.map(({ name, input, fault }) => ({ name, input, fault })) };
}

const server = createServer((request, response) => {
  const closed = new AbortController();
  response.on('close', () => {
    closed.abort(new Error('The caller has gone.'));
  });
  const answer = async () => {
    const body = JSON.parse(await text(request)) as unknown;
    const [, way, name] = (request.url ?? '').split('/');
    response.setHeader('date', new Date(provider.now()).toUTCString());
    return way === 'command'
      ? obey(body as Command)
      : provider.ask(name as CallName, body as Calls[CallName]['in'], closed.signal);
  };
  answer().then(
    (value) => response.end(JSON.stringify(value ?? null)),
    (cause: unknown) => response.writeHead(500).end(JSON.stringify(toAppError(cause).toData())),
  );
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// It ends with whoever started it, however that ends.
process.stdin.on('end', () => process.exit(0)).resume();
