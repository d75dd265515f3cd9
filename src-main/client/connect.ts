import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { devNull } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../src-shared/api/client.ts';
import { makeClient } from '../../src-shared/api/client.ts';
import type { Health } from '../../src-shared/api/contract.ts';
import { apiVersion } from '../../src-shared/api/contract.ts';
import { AppError } from '../../src-shared/errors.ts';
import { transectVersion } from '../../src-shared/version.ts';
import type { DataRoot } from './data-root.ts';
import type { Endpoint } from './endpoint.ts';
import { readEndpoint } from './endpoint.ts';
import { socketTransport } from './socket-transport.ts';

export interface Connection {
  readonly client: Client;
  readonly health: Health;
  readonly endpoint: Endpoint;
}

/** How to start an engine: the Node 24 that runs it and its program file. */
export interface EngineLaunch {
  readonly node: string;
  readonly program: string;
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
    return { client, health: await client('health', {}, patience), endpoint };
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
 * @param launch how to start one; a program that itself runs on the pinned Node starts the engine beside it
 * @throws AppError `backend_unavailable` when no engine can be had, with the reason
 */
export async function connect(root: DataRoot, launch: EngineLaunch = besideThis()): Promise<Connection> {
  const found = await attach(root);
  if (found !== null && usable(found.health)) return found;
  if (found !== null) await found.client('stopEngine', {}).catch(() => undefined);
  const until = Date.now() + startTimeoutMs;
  let exit = startEngine(root, launch);
  let reason = `it did not answer within ${startTimeoutMs / 1000} s`;
  while (Date.now() < until) {
    await sleep(25);
    const now = await attach(root);
    if (now !== null && usable(now.health)) return now;
    if (now !== null)
      reason = `the one that answers is ${now.health.version}, older than this program (${transectVersion})`;
    const ended = exit();
    // The loser of a race ends with 0: the winner answers soon. An engine that is just going down also makes ours lose.
    if (ended === 0) {
      await sleep(150);
      if ((await attach(root)) === null) exit = startEngine(root, launch);
    } else if (ended !== null) throw startFailure(root, `it ended with code ${ended}`);
  }
  throw startFailure(root, reason);
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

/** The engine program beside this one, in a build as in a package, on the Node that runs this one. */
function besideThis(): EngineLaunch {
  const beside = [
    join(import.meta.dirname, '../engine/engine.js'),
    resolve(import.meta.dirname, '../../out/programs/engine/engine.js'),
  ];
  const program = beside.find((path) => existsSync(path));
  if (program === undefined)
    throw new AppError('internal', 'The engine program is missing.', { remedy: 'Run: npm run build' });
  return { node: process.execPath, program };
}

/** Starts an engine that outlives this process. Returns a function that tells its exit code once it has one. */
function startEngine(root: DataRoot, { node, program }: EngineLaunch): () => number | null {
  for (const file of [node, program])
    if (!existsSync(file))
      throw new AppError('internal', `A part of Transect is missing: ${file}`, {
        remedy: 'Install Transect again; in a checkout: npm run setup.',
      });
  const log = openSync(root.logFile, 'a', 0o600);
  const nothing = openSync(devNull, 'r+');
  const child = spawn(node, [program, '--data-root', root.path], {
    detached: true,
    stdio: ['ignore', log, log, ...inheritable().fill(nothing)],
    windowsHide: true,
  });
  closeSync(log);
  closeSync(nothing);
  let code: number | null = null;
  child.on('error', () => (code = 70));
  child.on('exit', (exitCode) => (code = exitCode ?? 70));
  child.unref();
  return () => code;
}

/**
 * One place for every descriptor above the standard ones that a child could inherit. Chromium's are not closed on exec: an engine
 * that outlives the window would hold its pipes and sockets open, and whoever waits for their end would wait for the engine.
 */
function inheritable(): number[] {
  if (process.platform === 'win32') return [];
  // Other threads open some while we look.
  const margin = 32;
  return new Array<number>(Math.max(...readdirSync('/dev/fd').map(Number)) - 2 + margin).fill(0);
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
