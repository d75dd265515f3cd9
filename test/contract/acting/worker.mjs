// Stands in for worker.js in a copy of the build: a task whose name is "act NAME" is acted by acts.mjs, everything else is the
// real worker's. So the product has no hook for tests, and engine and back ends see a worker that misbehaves for real.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';

const after = (flag) => process.argv[process.argv.indexOf(flag) + 1];
const asksForRun = isMainThread && process.argv.includes('--task') && process.argv.includes('--out');
const line = asksForRun ? /^task_name: act (.+)$/m.exec(readFileSync(after('--task'), 'utf8'))?.[1] : undefined;
const [name, ...words] = line?.split(' ') ?? [];
if (name === undefined) await import('./real-worker.js');
else {
  const { acts, Stage } = await import('./acts.mjs');
  await openWayOut(process.env['TRANSECT_EGRESS_SOCKET']);
  const stage = new Stage({ out: after('--out'), jobId: after('--job-id'), inputs: after('--inputs'), words });
  await acts[name](stage);
}

/** Where the way out is a socket in the sandbox, the worker itself opens the port that programs use as their proxy. */
async function openWayOut(path) {
  if (path === undefined) return;
  while (!(await isThere(path))) await sleep(50);
  // As long as this request is open, the proxy knows that its worker lives.
  get({ socketPath: path, path: '/lease' }).on('error', () => undefined);
  const server = createServer((client) => {
    const proxy = connect({ path });
    for (const [one, other] of [
      [client, proxy],
      [proxy, client],
    ]) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise((resolve) => server.listen(3_128, '127.0.0.1', resolve));
  server.unref();
}

function isThere(path) {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
