import { execFileSync } from 'node:child_process';
import type { TestContext } from 'vitest';
import { onTestFinished } from 'vitest';
import { tempFolder } from './temp.ts';

/** A file system of its own, in memory. */
export interface SmallDisk {
  readonly path: string;
  /** Lets nothing be written to it any more, or again. */
  readonly setReadOnly: (readOnly: boolean) => void;
}

const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'ignore' });

/** Mounts a disk of a few KiB, gone after the test. Where that is not allowed it skips the test, and says so. */
export function smallDisk(kib: number, context: TestContext): SmallDisk {
  const path = tempFolder();
  try {
    mount('-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', path);
  } catch {
    console.warn(`skipped: ${context.task.name}: only root on Linux can mount a small disk`);
    context.skip();
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', path]);
  });
  return { path, setReadOnly: (readOnly) => void mount('-o', readOnly ? 'remount,ro' : 'remount,rw', path) };
}
