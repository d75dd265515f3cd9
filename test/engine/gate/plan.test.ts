import fc from 'fast-check';
import { mkdirSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DockerBackend } from '../../../src-main/engine/backends/docker/docker-backend.ts';
import { DockerServices } from '../../../src-main/engine/backends/docker/service/docker-services.ts';
import { Daemons } from '../../../src-main/engine/backends/docker/daemon.ts';
import type { Backend } from '../../../src-main/engine/backends/backend.ts';
import { processHost } from '../../../src-main/engine/backends/process/host.ts';
import { ProcessBackend } from '../../../src-main/engine/backends/process/process-backend.ts';
import { ReadCache } from '../../../src-main/engine/cache/read-cache.ts';
import { canonicalText, planHash } from '../../../src-main/engine/gate/canonical.ts';
import { inputState, inputsOf } from '../../../src-main/engine/gate/input-state.ts';
import { planChanges } from '../../../src-main/engine/gate/plan-diff.ts';
import type { PlannerParts } from '../../../src-main/engine/gate/plan-launch.ts';
import { planLaunch, withoutJob } from '../../../src-main/engine/gate/plan-launch.ts';
import { Services } from '../../../src-main/engine/services/services.ts';
import { openDataRoot } from '../../../src-main/client/data-root.ts';
import { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import { makeJobId } from '../../../src-shared/job-id.ts';
import { boundOf } from '../../../src-shared/money/bound.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { realWorkerImages } from '../../helpers/docker-engine.ts';
import { scratch, tempFolder } from '../../helpers/temp.ts';
import { jobId } from '../ledger/support.ts';
import { machine, secretsAt, taskOf } from './bench.ts';

const root = openDataRoot(join(scratch(), 'root'));
const candidate = machine('small', 1);
const bound = boundOf({ candidate, timeoutSec: 3_600, idleSec: 0, stoppedSec: 0, usdPer: {}, smallestCap: 0 });
const priced = { needs: ['billed' as const], candidate, bound };
const silent = { warn: () => undefined } as never;
const parts: PlannerParts = {
  root,
  bundle: { version: '1.2.3', sha256: 'b' },
  cache: new ReadCache(root.path, 1e9, silent),
  secrets: (task) => secretsAt(task, new Map([['t', '2026-03-10T12:00:00.000Z']])),
};

const image = `registry.example.org/solver@sha256:${'c'.repeat(64)}`;
const service = `task_name: service
output_dir: /data/outputs/jobs/service
inputs: {folder: case}
analysis: {type: service, image: "${image}", argv: [bash, "-lc", "solve /inputs"]}
outputs: {}
backend: docker
`;

function places(): [string, Backend][] {
  const env = { DOCKER_HOST: 'unix:///nonexistent', PATH: process.env['PATH'] };
  const daemons = new Daemons({ env, platform: process.platform, home: '/' });
  const limits = { local_max_memory_gb: 16, local_max_cpus: 8 };
  const host = () => Promise.reject(new Error('nobody asks'));
  const services = new Services({ root, env, limits, host });
  const common = { root, env, daemons, images: realWorkerImages() };
  const docker = new DockerServices({ ...common, services, docker: new DockerBackend(common) });
  return [
    ['process', new ProcessBackend(processHost('/worker.js', root.path, env))],
    ['docker', docker],
    ['service', docker],
  ];
}

describe('a plan', () => {
  it.each(places())('of a launch on %s is the same for any two jobs, and names none', (name, backend) => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'case'));
    const file = join(folder, 'red.tif');
    writeFileSync(file, 'x');
    const { task, taskSha256 } =
      name === 'service'
        ? { task: requireTask(Buffer.from(service)).task, taskSha256: 'd'.repeat(64) }
        : taskOf(3_600, 'secrets: {TOKEN: {secret: t}}');
    const inputs =
      name === 'service' ? [{ name: 'case', path: join(folder, 'case') }] : [{ name: 'red.tif', path: file }];
    const planned = { task, taskSha256, inputs, offline: false, backend };
    const ids = [jobId(3), makeJobId('another name', new Date(), new Uint8Array(6))];
    const [one, two] = ids.map((id) => planLaunch(parts, planned, priced, id));
    expect(canonicalText(one)).toBe(canonicalText(two));
    expect(planHash(planLaunch(parts, planned, priced))).toBe(planHash(one!));
    for (const id of ids) expect(canonicalText(one)).not.toContain(id.slice(0, 16));
    if (name === 'service')
      expect(one?.launch).toMatchObject({ argv: ['bash', '-lc', 'solve /inputs'], ref: image, image });
    else expect(canonicalText(one?.launch)).toContain('{job}');
  });

  const plan = planLaunch(
    parts,
    {
      ...taskOf(3_600),
      inputs: [],
      offline: false,
      backend: { id: 'skypilot', plan: () => ({ image: 'i', argv: ['a', 'b'], deep: { x: [1, 2] } }) } as never,
    },
    priced,
  );

  it('has one text whatever the order of its keys', () => {
    const turned = (value: unknown): unknown =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, one]) => [key, turned(one)]),
          );
    expect(planHash(turned(plan) as LaunchPlan)).toBe(planHash(plan));
    // RFC 8785: sorted keys, shortest numbers, no white space.
    expect(canonicalText({ b: 1e21, a: [0.1, -0, 'é\n'] })).toBe('{"a":[0.1,0,"é\\n"],"b":1e+21}');
    expect(() => planHash({ ...plan, more: 1 } as never)).toThrow(/more/);
    expect(() => planHash({ ...plan, bound: { ...plan.bound, usdPerUnit: NaN } })).toThrow();
  });

  /** Every leaf of a plan, as a path. */
  function leaves(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
    if (typeof value !== 'object' || value === null) return [path];
    const inner = Object.entries(value).flatMap(([key, one]) => leaves(one, [...path, key]));
    return inner.length === 0 ? [path] : inner;
  }

  it('that differs in any leaf has another sha256, and the difference is told', () => {
    const all = leaves(plan).filter((path) => path[0] !== 'v');
    expect(all.length).toBeGreaterThan(50);
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), (path, salt) => {
        const other = structuredClone(plan) as unknown as Record<string, unknown>;
        let at = other;
        for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
        const last = String(path.at(-1));
        at[last] = changed(at[last], last, salt);
        const parsed = LaunchPlan.safeParse(other);
        // What is no plan at all is refused by name.
        if (!parsed.success) return;
        expect(planHash(parsed.data), path.join('.')).not.toBe(planHash(plan));
        const told = planChanges(plan, parsed.data);
        expect(told.map((change) => change.path).join(), path.join('.')).toContain(path[0]);
        for (const { label, before, after } of told) expect([label.length > 2, before !== after]).toEqual([true, true]);
      }),
      { numRuns: 1_000 },
    );
  });

  function changed(value: unknown, key: string, salt: number): unknown {
    if (typeof value === 'number') return value + 1 + salt;
    if (typeof value === 'boolean') return !value;
    if (key === 'kind' || key === 'per' || key === 'end' || key === 'heldBy') {
      const options = ['compute', 'disk', 'hour', 'once', 'stop', 'down', 'cap', 'longest'];
      return options[salt % options.length] === value ? 'gb' : options[salt % options.length];
    }
    if (key === 'backend') return 'kubernetes';
    if (key === 'mode') return 'cluster';
    if (key.endsWith('Sha256')) return 'e'.repeat(64);
    if (typeof value === 'string') return value === 'USD' ? 'EUR' : `${value}${salt}`;
    return Array.isArray(value) ? ['something'] : 'something';
  }

  it('tells of its local inputs what they are: another size or time is another plan', () => {
    const folder = tempFolder();
    const file = join(folder, 'a.tif');
    writeFileSync(file, 'abc');
    const before = inputState(file);
    expect(before).toMatch(/^3 bytes, changed /);
    utimesSync(file, 1, 1);
    expect(inputState(file)).not.toBe(before);
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep/b'), 'b');
    const whole = inputState(folder);
    expect(whole).toMatch(/^3 entries, 4 bytes, /);
    writeFileSync(join(folder, 'deep/b'), 'c');
    utimesSync(join(folder, 'deep/b'), 5, 5);
    expect(inputState(folder)).not.toBe(whole);
    expect(inputState(join(folder, 'none'))).toBe('missing');
  });

  it('sees an input that was changed and given its old size and times again, or put in place of another', () => {
    const folder = tempFolder();
    const file = join(folder, 'a.tif');
    writeFileSync(file, 'abc');
    utimesSync(file, 5, 5);
    const states = () => [inputState(file), inputState(folder)];
    const seen = [states()];
    const isNew = () => {
      const [one, whole] = states();
      expect(seen.some(([a, b]) => a === one || b === whole)).toBe(false);
      seen.push([one!, whole!]);
    };
    expect(states()).toEqual(seen[0]);
    writeFileSync(file, 'abd');
    utimesSync(file, 5, 5);
    isNew();
    writeFileSync(join(folder, '../other.tif'), 'abe');
    utimesSync(join(folder, '../other.tif'), 5, 5);
    renameSync(join(folder, '../other.tif'), file);
    isNew();
    expect(statSync(file)).toMatchObject({ size: 3, mtimeMs: 5_000 });
  });

  it('sees where the links of a folder lead, and what is there; and names that are no text', () => {
    const [folder, beyond] = [tempFolder(), tempFolder()];
    for (const name of ['one', 'two']) writeFileSync(join(beyond, name), 'abc');
    const link = (to: string) => {
      symlinkSync(join(beyond, to), join(folder, 'new'));
      renameSync(join(folder, 'new'), join(folder, 'link'));
    };
    const seen = new Set<string>();
    const isNew = () => {
      const count = seen.size;
      seen.add(inputState(folder));
      expect(inputState(folder)).toBe([...seen].at(-1));
      expect(seen.size).toBe(count + 1);
    };
    const act: (() => void)[] = [
      () => link('one'),
      () => writeFileSync(join(beyond, 'one'), 'abd'),
      () => link('two'),
      () => link('none'),
      () => writeFileSync(join(beyond, 'none'), ''),
      () => link('.'),
    ];
    for (const one of act) {
      one();
      isNew();
    }
    writeFileSync(join(beyond, 'three'), 'abc');
    expect(inputState(folder)).toBe([...seen].at(-1));
    symlinkSync('circle', join(folder, 'circle'));
    isNew();
    // Latin-1, as old archives have them. Not every file system takes it.
    const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe4, 0x2e])]);
    try {
      writeFileSync(odd, 'a');
    } catch {
      return;
    }
    isNew();
    writeFileSync(odd, 'ab');
    isNew();
  });

  describe('of a run that is shown more than its task names', () => {
    const jobs = join(root.outputs, 'jobs');
    const stated = (folder: string, isGated: boolean, inputs: object = { items: ['item.json'] }) =>
      inputsOf(
        {
          task: { inputs } as never,
          inputs: [
            { name: 'item.json', path: 'items' in inputs || 'stac_api' in inputs ? join(folder, 'item.json') : folder },
          ],
          folder: join(jobs, 'a_job'),
        },
        isGated,
      );

    it.each([{ items: ['item.json'] }, { stac_api: 'item.json' }])(
      'tells all that lies beside the document: %j',
      (inputs) => {
        const folder = tempFolder();
        for (const name of ['item.json', 'red.tif']) writeFileSync(join(folder, name), 'abc');
        const before = stated(folder, true, inputs);
        expect(stated(folder, true, inputs)).toEqual(before);
        expect(before[0]?.state).toContain('2 entries, 6 bytes');
        writeFileSync(join(folder, 'red.tif'), 'abd');
        expect(stated(folder, true, inputs)).not.toEqual(before);
        const alone = stated(folder, true, { rasters: [] });
        expect(alone[0]?.state).not.toContain('with its folder');
      },
    );

    it('refuses the folders of all jobs, which no two launches find alike', () => {
      for (const folder of [root.path, root.outputs, jobs]) {
        expect(() => stated(folder, true)).toThrow(/own files, which change/);
        expect(stated(folder, false)).toHaveLength(1);
      }
    });

    it('refuses a folder in which a change could go unseen, where a person approves it', { timeout: 60_000 }, () => {
      const folder = tempFolder();
      for (let count = 0; count < 20_000; count += 1) writeFileSync(join(folder, `${count}`), '');
      expect(stated(folder, true, { folder: 'x' })[0]?.state).toContain('20000 entries');
      writeFileSync(join(folder, 'z'), '');
      expect(stated(folder, false, { folder: 'x' })[0]?.state).toContain('more than 20000 entries');
      expect(() => stated(folder, true, { folder: 'x' })).toThrow(
        expect.objectContaining({ code: 'over_limit' }) as Error,
      );
    });
  });

  it('leaves out the job wherever it stands', () => {
    const id = jobId(0);
    expect(withoutJob({ [`a-${id}`]: [`${id}/x`, { y: `${id}${id}` }], n: 1, z: null, t: true }, id)).toEqual({
      'a-{job}': ['{job}/x', { y: '{job}{job}' }],
      n: 1,
      z: null,
      t: true,
    });
  });
});
