import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Chain } from '../../src-main/engine/store/chain.ts';

/** Where in a write the engine dies. `torn`: a part of the line is on the disk. */
export type Death = 'before' | 'torn' | 'after';

export class Crash extends Error {}

/** The engine that died has no further say: whatever its code goes on to do is refused. */
let dead = false;
let left = Infinity;
let how: Death = 'before';
let folder = '';

/** A new engine, with its records in this folder. */
export function revive(records: string): void {
  [folder, dead, left] = [records, false, Infinity];
}

/** Has the engine die in the n-th write from now on. */
export function dieAt(writes: number, death: Death): void {
  [left, how] = [writes, death];
}

export function isDead(): boolean {
  return dead;
}

/** Counts a write of any kind; throws where the engine dies in it. */
export function write<T>(act: () => T, tear: () => void = () => undefined): T {
  if (dead) throw new Crash('written after the end');
  left -= 1;
  if (left > 0) return act();
  dead = true;
  if (how === 'before') throw new Crash('died before a write');
  act();
  if (how === 'torn') tear();
  throw new Crash('died in a write');
}

const real = Object.getOwnPropertyDescriptor(Chain.prototype, 'append')?.value as Chain<never>['append'];
const patched: Chain<never>['append'] = function (this: Chain<never>, make) {
  const before = sizes();
  return write(
    () => real.call(this, make),
    () => {
      for (const [path, bytes] of sizes()) if (bytes !== before.get(path)) truncateSync(path, bytes - 20);
    },
  );
};
Chain.prototype.append = patched;

function sizes(): Map<string, number> {
  const paths = ['approvals', 'ledger'].map((name) => join(folder, `${name}.ndjson`));
  return new Map(paths.map((path) => [path, statSync(path, { throwIfNoEntry: false })?.size ?? 0]));
}
