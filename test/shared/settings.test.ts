import { describe, expect, it } from 'vitest';
import { resolveSettings, settingSpecs } from '../../src-shared/settings.ts';
import type { SettingName } from '../../src-shared/settings.ts';

const none = { env: {}, app: undefined, workspace: undefined };
/** A value for each setting that is not its default, as text and as data. */
const other: Record<Exclude<SettingName, 'usd_per'>, string | number> = {
  commit_threshold_usd: 12.5,
  cap_job_usd: 3,
  cap_day_usd: 4,
  cap_workspace_usd: 1_000,
  requester_pays_usd_per_gb: 0.1,
  stopped_disk_days: 2,
  supervise_seconds: 9,
  workspace_store: 'gs',
  default_autostop_minutes: 7,
  default_timeout_sec: 60,
  subagent_warm_resume_seconds: 30,
  max_local_jobs: 3,
  max_queued_jobs: 5,
  min_free_gb: 3,
  read_cache_gb: 2.5,
  heartbeat_seconds: 60,
  max_run_files: 500,
  without_docker: 'refuse',
  local_max_memory_gb: 32,
  local_max_cpus: 4,
  idle_exit_seconds: 9,
};
/** The one that is no plain value has tests of its own below. */
const names = (Object.keys(settingSpecs) as SettingName[]).filter((name) => name !== 'usd_per');

function nested(key: string, value: unknown): unknown {
  return key.split('.').reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
}

describe.each(names)('%s', (name) => {
  const spec = settingSpecs[name];

  it('falls back to its default', () => {
    const { values, resolved } = resolveSettings(none);
    expect(values[name]).toEqual(spec.fallback);
    expect(resolved.find((entry) => entry.name === name)?.source).toBe('built-in');
  });

  it('takes environment over app settings over workspace', () => {
    const workspace = nested(spec.key, other[name]);
    expect(resolveSettings({ ...none, workspace }).values[name]).toBe(other[name]);
    const app = nested(spec.key, other[name]);
    const fromApp = resolveSettings({ ...none, app, workspace: nested(spec.key, spec.fallback) });
    expect(fromApp.values[name]).toBe(other[name]);
    for (const variable of spec.env) {
      const view = resolveSettings({
        env: { [variable]: String(other[name]) },
        app: nested(spec.key, spec.fallback),
        workspace,
      });
      expect(view.values[name]).toBe(other[name]);
      expect(view.resolved.find((entry) => entry.name === name)).toMatchObject({
        source: 'environment',
        from: variable,
      });
    }
  });

  it('reports a malformed value and uses the next source', () => {
    const bad = resolveSettings({
      env: { [spec.env[0] ?? '']: 'five-ish' },
      app: nested(spec.key, { a: 1 }),
      workspace: nested(spec.key, other[name]),
    });
    expect(bad.values[name]).toBe(other[name]);
    expect(bad.problems.filter((problem) => problem.name === name)).toHaveLength(2);
  });

  it('treats an empty variable as unset', () => {
    expect(resolveSettings({ ...none, env: { [spec.env[0] ?? '']: ' ' } }).problems).toEqual([]);
  });
});

it('keeps the seed’s names as aliases', () => {
  const env = {
    SCIAGENT_COMPUTE_COMMIT_THRESHOLD_USD: '10',
    SCIAGENT_WORKSPACE_STORE: 's3',
    SCIAGENT_SUBAGENT_WARM_RESUME_SECONDS: '5',
  };
  expect(resolveSettings({ ...none, env }).values).toMatchObject({
    commit_threshold_usd: 10,
    workspace_store: 's3',
    subagent_warm_resume_seconds: 5,
  });
  expect(
    resolveSettings({ ...none, env: { ...env, TRANSECT_COMPUTE_COMMIT_THRESHOLD_USD: '2' } }).values
      .commit_threshold_usd,
  ).toBe(2);
});

it('refuses a negative or infinite threshold', () => {
  for (const text of ['-1', 'Infinity', '1e9999']) {
    const { values, problems } = resolveSettings({ ...none, env: { TRANSECT_COMPUTE_COMMIT_THRESHOLD_USD: text } });
    expect(values.commit_threshold_usd).toBe(5);
    expect(problems).toHaveLength(1);
  }
});

it('reports keys that are no settings, with the one that was probably meant', () => {
  const workspace = { name: 'x', compute: { comit_threshold_usd: 1 }, colour: 'blue' };
  const { problems, values } = resolveSettings({ ...none, workspace });
  expect(problems.map(({ message }) => message)).toEqual([
    'compute.comit_threshold_usd is no setting; did you mean compute.commit_threshold_usd?',
    'colour is no setting',
  ]);
  expect(values.commit_threshold_usd).toBe(5);
});
