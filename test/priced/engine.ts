import { parseArgs } from 'node:util';
import { ProcessBackend } from '../../src-main/engine/backends/process/process-backend.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { runEngine } from '../../src-main/engine/engine.ts';
import { makeLog } from '../../src-main/engine/log.ts';
import { takeLock } from '../../src-main/engine/store/lock.ts';
import { PricedBackend } from './backend.ts';
import { HttpAccount } from './http-account.ts';

/**
 * The product’s engine with back ends that cost: `skypilot` rents from the provider at PRICED_PROVIDER, `kubernetes` borrows from
 * the one at LENT_PROVIDER; without an address it is left out. Node runs this file as it is.
 */
const { values } = parseArgs({ options: { 'data-root': { type: 'string' } } });
const root = openDataRoot(values['data-root'] ?? '');
const lock = takeLock(root);
if (lock !== null) {
  await runEngine(root, makeLog(), process.env, ({ host }) => {
    const machine = () => new ProcessBackend(host);
    const at = (name: string) => {
      const address = process.env[name];
      return address === undefined || address === '' ? null : new HttpAccount(address);
    };
    const [priced, lent] = [at('PRICED_PROVIDER'), at('LENT_PROVIDER')];
    return [
      ...(priced === null
        ? []
        : [new PricedBackend({ id: 'skypilot', need: 'billed', account: priced, machine: machine() })]),
      ...(lent === null
        ? []
        : [new PricedBackend({ id: 'kubernetes', need: 'shared', account: lent, machine: machine() })]),
    ];
  });
  lock.release();
}
process.exit(0);
