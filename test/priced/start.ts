import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { command } from './http-account.ts';
import type { Command, Shown } from './provider-server.ts';

/** The engine program with back ends that cost: Node runs it as it is. */
export const pricedEngine = join(import.meta.dirname, 'engine.ts');

/** A provider in a process of its own. */
export interface RunningProvider {
  readonly address: string;
  /** What an engine (`pricedEngine`) needs in its environment to rent from it. */
  readonly env: Readonly<Record<string, string>>;
  order(order: Command): Promise<unknown>;
  show(): Promise<Shown>;
  end(): void;
}

/**
 * Starts a provider; the caller ends it. Playwright’s and Vitest’s tests use it alike.
 * @param kind `lent`: machines of others that cost nothing, as the back end `kubernetes`
 */
export async function startProvider(kind: 'rented' | 'lent' = 'rented'): Promise<RunningProvider> {
  const program = join(import.meta.dirname, 'provider-server.ts');
  const child: ChildProcess = spawn(process.execPath, [program, `--${kind}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [first] = (await Promise.race([
    once(child.stdout!, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('the provider did not start'))),
  ])) as [Buffer];
  const address = first.toString('utf8').trim();
  return {
    address,
    env: {
      [kind === 'rented' ? 'PRICED_PROVIDER' : 'LENT_PROVIDER']: address,
      // An engine of many source files begins four times as fast.
      NODE_COMPILE_CACHE: join(import.meta.dirname, '../../.cache/compiled'),
    },
    order: (order) => command(address, order),
    show: async () => (await command(address, { do: 'show' })) as Shown,
    end: () => {
      child.kill('SIGKILL');
    },
  };
}
