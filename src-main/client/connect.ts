import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../src-shared/api/client.ts';
import { makeClient } from '../../src-shared/api/client.ts';
import type { Health } from '../../src-shared/api/contract.ts';
import { apiVersion } from '../../src-shared/api/contract.ts';
import { AppError } from '../../src-shared/errors.ts';
import { transectVersion } from '../../src-shared/version.ts';
import type { DataRoot } from './data-root.ts';
import { readEndpoint } from './endpoint.ts';
import { socketTransport } from './socket-transport.ts';

export interface Connection {
  readonly client: Client;
  readonly health: Health;
}

/** How long an engine may take to answer after it was started; opening a large workspace rebuilds its index first. */
const startTimeoutMs = 30_000;
const answerTimeoutMs = 5_000;

/**
 * The engine that answers for this data root, or null. Never starts one.
 * @throws AppError `backend_unavailable` when something answers that cannot be understood, or does not answer in time
 */
export async function attach(root: DataRoot): Promise<Connection | null> {
  const endpoint = readEndpoint(root);
  if (endpoint === null) return null;
  const client = makeClient(socketTransport(endpoint));
  const patience = AbortSignal.timeout(answerTimeoutMs);
  try {
    return { client, health: await client('health', {}, patience) };
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'backend_unavailable') return null;
    const what = patience.aborted ? 'does not answer' : 'answers in a way that this program does not understand';
    throw new AppError('backend_unavailable', `The engine of ${root.path} (process ${endpoint.pid}) ${what}.`, {
      remedy: `If it belongs to another version of Transect, use that one; else end process ${endpoint.pid}.`,
      retryable: false,
      cause,
    });
  }
}

/**
 * Attaches to the data root's engine and starts one when none runs. An older engine is asked to end first: its workers go on,
 * and the new engine re-attaches to them. A newer one is used as long as it speaks the same API.
 * @throws AppError `backend_unavailable` when no engine can be had, with the reason
 */
export async function connect(root: DataRoot): Promise<Connection> {
  const found = await attach(root);
  if (found !== null && usable(found.health)) return found;
  if (found !== null) await found.client('stopEngine', {}).catch(() => undefined);
  const until = Date.now() + startTimeoutMs;
  let exit = startEngine(root);
  while (Date.now() < until) {
    await sleep(25);
    const now = await attach(root);
    if (now !== null && usable(now.health)) return now;
    const ended = exit();
    // The loser of a race ends with 0: the winner answers soon. An engine that is just going down also makes ours lose.
    if (ended === 0) {
      await sleep(150);
      if ((await attach(root)) === null) exit = startEngine(root);
    } else if (ended !== null) throw startFailure(root, `it ended with code ${ended}`);
  }
  throw startFailure(root, `it did not answer within ${startTimeoutMs / 1000} s`);
}

/** Whether to work with this engine; false asks for its replacement. */
function usable(health: Health): boolean {
  if (compareVersions(health.version, transectVersion) < 0) return false;
  if (health.apiVersion === apiVersion) return true;
  throw new AppError(
    'backend_unavailable',
    `The engine of ${health.dataRoot} is Transect ${health.version}, which is too new for this program.`,
    {
      remedy: `Update this program (${transectVersion}), or end that engine.`,
      retryable: false,
    },
  );
}

/** Orders versions by their numbers; anything after them does not count. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.+-]/).slice(0, 3).map(Number));
  for (let part = 0; part < 3; part += 1) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The engine program beside this one, in a build as in a package. */
function engineProgram(): string {
  const beside = [
    join(import.meta.dirname, '../engine/engine.js'),
    resolve(import.meta.dirname, '../../out/programs/engine/engine.js'),
  ];
  const program = beside.find((path) => existsSync(path));
  if (program === undefined)
    throw new AppError('internal', 'The engine program is missing.', { remedy: 'Run: npm run build' });
  return program;
}

/** Starts an engine that outlives this process. Returns a function that tells its exit code once it has one. */
function startEngine(root: DataRoot): () => number | null {
  const log = openSync(root.logFile, 'a', 0o600);
  const child = spawn(process.execPath, [engineProgram(), '--data-root', root.path], {
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
  closeSync(log);
  let code: number | null = null;
  child.on('error', () => (code = 70));
  child.on('exit', (exitCode) => (code = exitCode ?? 70));
  child.unref();
  return () => code;
}

function startFailure(root: DataRoot, reason: string): AppError {
  let tail = '';
  try {
    tail = readFileSync(root.logFile, 'utf8').trimEnd().split('\n').slice(-3).join('\n');
  } catch {
    // Without a log there is nothing to add.
  }
  return new AppError('backend_unavailable', `The engine did not start: ${reason}.${tail === '' ? '' : `\n${tail}`}`, {
    remedy: `See ${root.logFile}`,
  });
}
