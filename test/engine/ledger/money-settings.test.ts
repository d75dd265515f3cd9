import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { moneySettings as guards, settingSpecs } from '../../../src-shared/settings.ts';
import type { SettingName } from '../../../src-shared/settings.ts';
import { moneySettings } from '../../../src-main/engine/ledger/money-settings.ts';
import { loadSettings } from '../../../src-main/engine/settings-source.ts';
import { scratch, tempFolder } from '../../helpers/temp.ts';

/** A workspace and an app file that are really there, and an environment of its own. */
function place(folder = tempFolder()) {
  const workspaceFile = join(folder, 'transect.yaml');
  const appFile = join(folder, 'settings.yaml');
  rmSync(workspaceFile, { recursive: true, force: true });
  rmSync(appFile, { recursive: true, force: true });
  const env: NodeJS.ProcessEnv = { TRANSECT_CONFIG: appFile };
  const root = { workspaceFile };
  return { workspaceFile, appFile, env, root, read: moneySettings(root, env) };
}

function nested(name: SettingName, value: unknown): string {
  const [section = '', leaf = ''] = settingSpecs[name].key.split('.');
  return stringify({ [section]: { [leaf]: value } });
}

/** The seed’s five tunables, two of which guard no money, and everything that does. */
const names = [...new Set<SettingName>([...guards, 'workspace_store', 'subagent_warm_resume_seconds'])];
const guardsMoney = (name: SettingName) => (guards as readonly string[]).includes(name);
const good: Partial<Record<SettingName, unknown>> = { usd_per: { EUR: 1.25 }, workspace_store: 'gs' };
const goodText: Partial<Record<SettingName, string>> = { usd_per: 'EUR=1.25,GBP=1.4', workspace_store: 'gs' };

const badData: Record<string, unknown> = {
  text: 'five',
  'a number as text': '5',
  'the empty text': '',
  negative: -1,
  'not a number': NaN,
  infinite: Infinity,
  null: null,
  'a list': [1],
  'a mapping': { a: 1 },
  'yes or no': true,
  huge: 1e12,
};
const badText: Record<string, string> = {
  text: 'five',
  negative: '-1',
  'not a number': 'NaN',
  infinite: 'Infinity',
  null: 'null',
  'a list': '[1]',
  'a mapping': '{"EUR": 1}',
  'yes or no': 'true',
  huge: '999999999999',
  'too many digits': '9'.repeat(400),
  'a comma': '5,01',
  'a unit': '5 USD',
  hexadecimal: '0x10',
  'an exponent': '1e1',
};
const badRates = {
  'of zero': 'EUR=0',
  'of nothing': 'EUR=',
  'said twice': 'EUR=1,EUR=2',
  'with two signs': 'EUR=1=2',
  'in small letters': 'eur=1',
  huge: 'EUR=1000000',
};
/** Null leaves the choice to the provider. */
const isGood = (name: SettingName, what: string) =>
  what === 'null' && (name === 'default_autostop_minutes' || name === 'subagent_warm_resume_seconds');

describe.each(names)('%s', (name) => {
  const folder = scratch();
  const spec = settingSpecs[name];
  const wanted = good[name] ?? 7;

  /** Every source of it: the variables, the app’s file, the workspace’s file. */
  const sources = [
    ...spec.env.map((variable) => ({ source: variable, from: variable, isText: true })),
    { source: 'the app’s file', from: `app settings ${spec.key}`, isText: false },
    { source: 'the workspace’s file', from: `transect.yaml ${spec.key}`, isText: false },
  ];
  const put = (source: string, value: unknown) => {
    const at = place(folder);
    if (source === 'the app’s file') writeFileSync(at.appFile, nested(name, value));
    else if (source === 'the workspace’s file') writeFileSync(at.workspaceFile, nested(name, value));
    else at.env[source] = String(value);
    return at;
  };

  it('is its default when nobody says anything', () => {
    const { values, from, problem } = place(folder).read();
    expect(values[name]).toEqual(spec.fallback);
    expect(from(name)).toBe('default');
    expect(problem).toBeNull();
  });

  it.each(sources)('is read from $source, which is named', ({ source, from, isText }) => {
    const view = put(source, isText ? (goodText[name] ?? '7') : wanted).read();
    expect(view.values[name]).toEqual(isText && name === 'usd_per' ? { EUR: 1.25, GBP: 1.4 } : wanted);
    expect(view.from(name)).toBe(from);
    expect(view.problem).toBeNull();
  });

  describe.each(sources)('malformed in $source', ({ source, isText, from }) => {
    it.each(Object.entries(isText ? badText : badData))('by %s, closes the gate if it guards money', (what, value) => {
      const at = put(source, value);
      const { problem } = at.read();
      if (!guardsMoney(name)) expect(problem).toBeNull();
      else if (!isText && isGood(name, what)) expect(problem).toBeNull();
      else {
        expect(problem).toMatchObject({ code: 'gate_closed' });
        expect(problem?.message).toContain(name);
        const written = isText ? from : source === 'the app’s file' ? at.appFile : 'transect.yaml';
        expect(problem?.message).toContain(written);
        expect(problem?.remedy).toContain(written);
      }
      if (guardsMoney(name) || isGood(name, what)) return;
      expect(loadSettings(at.root, at.env).problems).toMatchObject([{ name }]);
    });
  });

  it('is read anew at each decision: corrected, the gate opens', () => {
    if (!guardsMoney(name)) return;
    const { read, workspaceFile } = put('the workspace’s file', 'five');
    expect(read().problem).not.toBeNull();
    writeFileSync(workspaceFile, nested(name, wanted));
    expect(read()).toMatchObject({ problem: null, values: { [name]: wanted } });
  });

  it('malformed where a better source says what holds, harms nobody', () => {
    const at = put('the workspace’s file', 'five');
    writeFileSync(at.appFile, nested(name, wanted));
    expect(at.read()).toMatchObject({ problem: null, values: { [name]: wanted } });
  });
});

describe('exchange rates', () => {
  it.each(Object.entries(badRates))('%s close the gate', (_, text) => {
    const at = place();
    at.env.TRANSECT_USD_PER = text;
    expect(at.read().problem).toMatchObject({ code: 'gate_closed' });
  });

  it.each([{ EUR: -1 }, { EUR: 0 }, { EUR: null }, { EUR: '1' }, { eur: 1 }, { EUR: 1, GBP: 'x' }, { EUR: 1e9 }])(
    'as %j close the gate',
    (value) => {
      const at = place();
      writeFileSync(at.workspaceFile, nested('usd_per', value));
      expect(at.read().problem).toMatchObject({ code: 'gate_closed' });
    },
  );
});

describe('a file', () => {
  const broken: Record<string, string> = {
    'that is no YAML': 'compute: {cap_day_usd: 5',
    'that says a setting twice': 'compute:\n  cap_day_usd: 5\n  cap_day_usd: 50\n',
    'that is a list': '- cap_day_usd: 5\n',
    'that is a text': 'cap_day_usd',
    'of two documents': 'compute: {cap_day_usd: 5}\n---\ncompute: {cap_day_usd: 50}\n',
    'with a misspelt setting': 'compute: {cap_dy_usd: 5}\n',
    'with a misspelt section': 'compte: {cap_day_usd: 5}\n',
    'with its section in capitals': 'Compute: {cap_day_usd: 5}\n',
    'with a setting in no section': 'cap_day_usd: 5\n',
    'with a setting in another section': 'budget: {cap_day_usd: 5}\n',
    'with a setting in a section of another name': 'limits_of_my_own_project: {cap_day_usd: 5}\n',
    'with a dotted key': 'compute.cap_day_usd: 5\n',
    'with a section that is a number': 'compute: 5\n',
    'with a section that is a list': 'compute: [cap_day_usd, 5]\n',
    'with a deeper setting': 'compute: {caps: {cap_day_usd: 5}}\n',
  };
  it.each(['workspaceFile', 'appFile'] as const)('closes the gate as %s', (which) => {
    for (const [what, text] of Object.entries(broken)) {
      const at = place();
      writeFileSync(at[which], text);
      expect(at.read().problem, what).toMatchObject({
        code: 'gate_closed',
        remedy: expect.stringMatching(/transect|settings/),
      });
    }
  });

  it.each(['workspaceFile', 'appFile'] as const)('that is a folder closes the gate as %s', (which) => {
    const at = place();
    mkdirSync(at[which]);
    expect(at.read().problem).toMatchObject({ code: 'gate_closed' });
  });

  it.each([
    '',
    '# nothing\n',
    'compute:\n  # cap_day_usd: 5\n',
    'name: mine\n',
    'local: {max_jobz: 3}\n',
    'colour: blue\n',
  ])('with %j leaves it open', (text) => {
    const at = place();
    writeFileSync(at.workspaceFile, text);
    expect(at.read().problem).toBeNull();
  });
});

it.each([
  'TRANSECT_CAP_DAILY_USD',
  'TRANSECT_COMPUTE_COMMIT_THRESHOLD',
  'SCIAGENT_COMPUTE_COMMIT_THRESHOLD',
  'TRANSECT_USD_PER_EUR',
  'TRANSECT_COMMIT_THRESHOLD',
  'TRANSECT_STOPPED_DISK_DAY',
  'TRANSECT_DEFAULT_TIMEOUT_SECS',
  'SCIAGENT_CAP_DAY_USD',
])('the misspelt variable %s closes the gate', (variable) => {
  const at = place();
  at.env[variable] = '1';
  expect(at.read().problem).toMatchObject({ code: 'gate_closed', message: expect.stringContaining(variable) });
});

it('an empty variable is none', () => {
  const at = place();
  at.env.TRANSECT_CAP_DAY_USD = '';
  expect(at.read()).toMatchObject({ problem: null, values: { cap_day_usd: 50 } });
});
