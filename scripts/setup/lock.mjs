import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { say } from './console.mjs';
import { cache } from './paths.mjs';

const folder = join(cache, 'setup.lock');
const pidFile = join(folder, 'pid');
const unclaimedMs = 10_000;

/**
 * Runs `work` while holding the set-up lock, so that two npm commands started together do not install over each other.
 * The lock is a folder with the owner's pid; one whose owner is gone (Ctrl-C, kill -9) is taken over.
 */
export async function withLock(work) {
  await acquire();
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function acquire() {
  mkdirSync(cache, { recursive: true });
  let told = false;
  for (;;) {
    try {
      mkdirSync(folder);
      writeFileSync(pidFile, String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) {
      takeAway();
      continue;
    }
    if (!told) say('another set-up is running in this folder; waiting for it');
    told = true;
    await sleep(200);
  }
}

function isAbandoned() {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
    return false;
  } catch (error) {
    if (error.code === 'ESRCH') return true;
    if (error.code !== 'ENOENT') return false;
  }
  try {
    return Date.now() - statSync(folder).mtimeMs > unclaimedMs;
  } catch {
    return false;
  }
}

// Renaming first makes sure that only one of several waiters removes the old lock, never a new owner's.
function takeAway() {
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
