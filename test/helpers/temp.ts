import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** A real folder that is gone after the test. */
export function tempFolder(): string {
  const folder = make();
  onTestFinished(() => remove(folder));
  return folder;
}

/** A real folder for the tests of a file or a `describe`, which is gone after the last of them. Not for use in tests and hooks. */
export function scratch(): string {
  const folder = make();
  // A worker of the test runner is ended without an `exit` event, so that its own end is too late.
  afterAll(() => remove(folder));
  return folder;
}

function make(): string {
  return mkdtempSync(join(tmpdir(), 'transect-test-'));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
