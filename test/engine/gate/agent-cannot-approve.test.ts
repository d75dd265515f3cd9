import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Connection } from '../../../src-main/client/connect.ts';
import { setPin } from '../../../src-main/client/owner.ts';
import type { RouteName } from '../../../src-shared/api/contract.ts';
import { contract } from '../../../src-shared/api/contract.ts';
import type { AppError } from '../../../src-shared/errors.ts';
import { ownerHeader } from '../../../src-shared/api/owner.ts';
import type { RouteSpec } from '../../../src-shared/api/route.ts';
import { callerHeader } from '../../../src-shared/native.ts';
import { endProcess, startEngine, until, whenReady, workspace } from '../../helpers/programs.ts';
import { approveAs, asPerson } from '../../priced/person.ts';
import { pricedEngine, startProvider } from '../../priced/start.ts';
import { valuesOf } from '../../priced/values-of.ts';

const inputs = new URL('../../../examples/spatiotemporal/tasks/data/', import.meta.url).pathname;
const pin = 'correct horse 7';
const callsPerRoute = 40;
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 1e9));
console.info(`FUZZ_SEED=${seed}`);

const provider = await startProvider();
afterAll(() => provider.end());

const paid = `task_name: paid
output_dir: /data/outputs/jobs/paid
inputs: {rasters: [red.tif]}
analysis: {type: raster_summary}
outputs: {}
backend: skypilot
`;

/** What a forger would try in the headers. */
const forgeries = (token: string): Record<string, string>[] => [
  {},
  { [ownerHeader]: token },
  { [ownerHeader]: pin },
  { [ownerHeader]: '' },
  { [ownerHeader]: 'null' },
  { [ownerHeader]: 'A'.repeat(43) },
  { [callerHeader]: 'window' },
  { [callerHeader]: 'owner', [ownerHeader]: token },
  { 'x-transect-scope': 'owner', 'x-forwarded-for': '127.0.0.1' },
  { [ownerHeader.toUpperCase()]: `Bearer ${token}` },
];

interface Call {
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

/** What an agent knows of what waits. */
interface Known {
  readonly jobIds: readonly string[];
  readonly shas: readonly string[];
}

function callsOf(name: RouteName, known: Known, token: string): fc.Arbitrary<Call> {
  const route: RouteSpec = contract[name];
  const part = (schema: z.ZodType | undefined) =>
    schema === undefined ? fc.constant({}) : valuesOf(schema).map((value) => (value ?? {}) as Record<string, unknown>);
  const real = fc.record({
    jobId: fc.constantFrom(...known.jobIds),
    planSha256: fc.constantFrom(...known.shas),
    text: fc.constant(paid),
    pin: fc.constantFrom('000000', 'password', token.slice(0, 20)),
    key: fc.constantFrom(token, 'A'.repeat(43)),
    resourceId: fc.constantFrom('r-1', 'r-2'),
    baseDir: fc.constant(inputs),
    backend: fc.constant('skypilot'),
  });
  const calls = fc.record({
    ...{ params: part(route.params), query: part(route.query), body: part(route.body) },
    ...{ headers: fc.constantFrom(...forgeries(token)), real, asReal: fc.boolean() },
  });
  return calls.map(({ real: facts, asReal, ...call }) => {
    const put = (value: unknown) =>
      asReal && typeof value === 'object' && value !== null && !Array.isArray(value)
        ? { ...value, ...Object.fromEntries(Object.entries(facts).filter(([key]) => knows(route, key))) }
        : value;
    const params = { ...call.params, ...(asReal && { jobId: facts.jobId }) };
    return { ...call, params, body: put(call.body) };
  });
}

function knows({ body }: RouteSpec, key: string): boolean {
  return body !== undefined && key in body.shape;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'x');
}

/** Sends a call and gives its status; a stream that does not end is left after a moment. */
function send({ endpoint }: Connection, name: RouteName, { params, query, body, headers }: Call): Promise<number> {
  const route: RouteSpec = contract[name];
  const path = route.path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(textOf(params[key])) || 'x');
  const asked = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, textOf(value)]),
  );
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ socketPath: endpoint.socket, method: route.method, path: `${path}?${asked.toString()}` },
        headers: { authorization: `Bearer ${endpoint.agentToken}`, ...headers },
      },
      (response) => {
        const end = () => {
          response.destroy();
          resolve(response.statusCode ?? 0);
        };
        setTimeout(end, 300).unref();
        response
          .on('error', () => undefined)
          .resume()
          .on('end', end);
      },
    );
    sent.on('error', reject);
    sent.end(route.method === 'GET' ? undefined : JSON.stringify(body));
  });
}

async function rig() {
  const root = workspace();
  await setPin(root, pin, null);
  startEngine(root, { ...provider.env }, pricedEngine);
  return { root, engine: await whenReady(root, 30_000) };
}

/** Puts something before a person, as any program may. */
async function propose({ client }: Connection): Promise<string> {
  const { id, state } = await client('submitJob', { text: paid, baseDir: inputs });
  expect(state).toBe('awaiting_approval');
  return id;
}

async function waiting({ client }: Connection): Promise<Known> {
  const { proposals } = await client('proposals', {});
  return { jobIds: proposals.map(({ jobId }) => jobId), shas: proposals.map(({ offer }) => offer.planSha256!) };
}

it('no call with the socket’s token alone approves, launches or ends anything', { timeout: 280_000 }, async () => {
  const { root, engine } = await rig();
  await asPerson(engine);
  await provider.order({ do: 'foreign', name: 'somebody’s' });
  const asked = new Map<string, Map<number, number>>();
  // Whoever ends the engine has approved nothing; it is tried on its own.
  const names = (Object.keys(contract) as RouteName[]).filter((name) => name !== 'stopEngine');
  for (const [index, name] of names.entries()) {
    if ((await waiting(engine)).jobIds.length < 3) for (let n = 0; n < 3; n += 1) await propose(engine);
    const known = await waiting(engine);
    const calls = callsOf(name, known, engine.endpoint.agentToken);
    const statuses = new Map<number, number>();
    for (const call of fc.sample(calls, { numRuns: callsPerRoute, seed: seed + index })) {
      const status = await send(engine, name, call).catch((cause: unknown) => {
        const said = readFileSync(root.logFile, 'utf8').slice(-2_000);
        throw new Error(`the engine did not survive ${name} ${JSON.stringify(call)}: ${said}`, { cause });
      });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    asked.set(name, statuses);
    const broken = await nothingWasApproved(engine);
    expect(broken, `after ${name}, FUZZ_SEED=${seed}`).toEqual([]);
  }
  // The walk went somewhere: most calls were understood, and those of the owner refused one and all.
  for (const [name, statuses] of asked)
    if ((contract[name as RouteName] as RouteSpec).scope === 'owner') expect([...statuses.keys()], name).toEqual([403]);
  const right = [...asked.values()].filter((statuses) => statuses.has(200)).length;
  expect(right).toBeGreaterThan(30);
  expect([...asked].filter(([, statuses]) => statuses.has(500)).map(([name]) => name)).toEqual([]);

  // And what waits is whole: the person can still approve it, and then it is launched.
  const id = (await engine.client('submitJob', { text: paid, baseDir: inputs })).id;
  await approveAs(await asPerson(engine), id);
  await until('the launch', 30_000, async () => (await provider.show()).rentals.some(({ label }) => label === id));
});

async function nothingWasApproved({ client }: Connection): Promise<string[]> {
  const [{ decisions }, { entries }, { jobs }, { rentals, calls }] = await Promise.all([
    client('decisions', { limit: 1_000 }),
    client('ledger', {}),
    client('listJobs', { limit: 1_000 }),
    provider.show(),
  ]);
  const allowed = ['draft', 'awaiting_approval', 'cancelled'];
  return [
    ...decisions
      .filter(({ kind }) => kind === 'approved' || kind === 'used' || kind === 'refused')
      .map(({ kind }) => kind),
    ...decisions.filter(({ actor }) => actor.by === 'owner').map(({ kind }) => `${kind} in the owner’s name`),
    ...entries.map(({ id }) => `a ledger entry ${id}`),
    ...jobs
      .filter(({ backend, state }) => backend === 'skypilot' && !allowed.includes(state))
      .map(({ state }) => state),
    ...rentals.filter(({ name, state }) => name !== 'somebody’s' || state === 'gone').map(({ name }) => name),
    ...calls.filter(({ name }) => name === 'launch' || name === 'end').map(({ name }) => name),
  ];
}

it('guessing the PIN locks, over a restart of the engine, and the key still opens', async () => {
  const { root, engine } = await rig();
  const guess = (connection: Connection, text: string) =>
    connection.client('openOwnerSession', { pin: text }).then(
      () => 'open',
      (cause: unknown) => (cause as AppError).code,
    );
  const answers: string[] = [];
  for (let n = 0; n < 12; n += 1) answers.push(await guess(engine, `${100_000 + n}`));
  expect(answers).not.toContain('open');
  expect(answers.at(-1)).toBe('over_limit');
  // Many at once are no way around.
  expect(new Set(await Promise.all(Array.from({ length: 20 }, () => guess(engine, pin))))).toEqual(
    new Set(['over_limit']),
  );
  await endProcess(engine.health.pid);
  startEngine(root, provider.env, pricedEngine);
  const again = await until('the next engine', 30_000, async () => {
    const found = await whenReady(root, 30_000);
    return found.health.pid !== engine.health.pid && found;
  });
  expect(await guess(again, pin)).toBe('over_limit');
  expect((await again.client('owner', {})).lockedUntil).not.toBeNull();
  expect((await (await asPerson(again))('owner', {})).isOwner).toBe(true);
});

it('a token of an ended engine, or a locked session, is an agent’s', async () => {
  const { root, engine } = await rig();
  const owner = await asPerson(engine);
  const id = await propose(engine);
  expect((await owner('owner', {})).isOwner).toBe(true);
  await expect(engine.client('closeOwnerSession', {})).rejects.toMatchObject({ code: 'denied' });
  expect((await owner('owner', {})).isOwner).toBe(true);
  await owner('closeOwnerSession', {});
  expect((await owner('owner', {})).isOwner).toBe(false);
  await expect(approveAs(owner, id as never)).rejects.toMatchObject({ code: 'denied' });
  await endProcess(engine.health.pid);
  startEngine(root, provider.env, pricedEngine);
  const again = await whenReady(root, 30_000);
  const headers = { [ownerHeader]: 'of yesterday' };
  expect(
    await send(again, 'approve', { params: { jobId: id }, query: {}, body: { planSha256: '0'.repeat(64) }, headers }),
  ).toBe(403);
  expect((await again.client('proposals', {})).proposals.map(({ jobId }) => jobId)).toEqual([id]);
});
