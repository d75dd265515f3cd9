import { AppError } from '../../../src-shared/errors.ts';
import type { ResolvedSetting, SettingName, SettingProblem, Settings } from '../../../src-shared/settings.ts';
import { settingSpecs, touchesMoney } from '../../../src-shared/settings.ts';
import { nearest } from '../../../src-shared/task/suggest.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { appSettingsFile, loadSettings } from '../settings-source.ts';

/** The settings as they are at the moment of a decision about money. */
export interface MoneySettings {
  readonly values: Settings;
  /** Where a setting comes from: `TRANSECT_CAP_DAY_USD`, `transect.yaml compute.cap_day_usd`, `default`. */
  readonly from: (name: SettingName) => string;
  /** Why none of them may be relied on: something that guards money is malformed, misspelt or can't be read. The gate is closed then. */
  readonly problem: AppError | null;
}

/** Environment variables that begin like these are about money, also when they are misspelt. */
const moneyPrefixes = ['CAP_', 'COMMIT_', 'COMPUTE_', 'DEFAULT_', 'REQUESTER_', 'STOPPED_', 'USD_'].flatMap((name) => [
  `TRANSECT_${name}`,
  `SCIAGENT_${name}`,
]);

/** Reads the settings anew at each call: what a person changes counts from the next decision on. */
export function moneySettings(root: Pick<DataRoot, 'workspaceFile'>, env: NodeJS.ProcessEnv): () => MoneySettings {
  return () => {
    const { values, resolved, problems } = loadSettings(root, env);
    const grave = [...problems.filter(touchesMoney), ...unknownVariables(env)];
    return {
      values,
      from: (name) => sourceOf(resolved.find((setting) => setting.name === name)),
      problem: grave.length === 0 ? null : refusal(grave, env),
    };
  };
}

function sourceOf(setting: ResolvedSetting | undefined): string {
  if (setting === undefined) return 'default';
  return setting.source === 'app settings' ? `app settings ${setting.from}` : setting.from;
}

function unknownVariables(env: NodeJS.ProcessEnv): SettingProblem[] {
  const known: readonly string[] = Object.values(settingSpecs).flatMap((spec) => spec.env);
  return Object.keys(env)
    .filter((name) => moneyPrefixes.some((prefix) => name.startsWith(prefix)) && !known.includes(name))
    .map((name) => {
      const guess = nearest(name, known);
      const hint = guess === undefined ? '' : `; did you mean ${guess}?`;
      return { name, from: 'the environment', message: `${name} is no setting${hint}` };
    });
}

function refusal(problems: readonly SettingProblem[], env: NodeJS.ProcessEnv): AppError {
  const place = ({ name, from }: SettingProblem) =>
    Object.values(settingSpecs).some(({ key }) => key === from) || from === 'app settings'
      ? `${name === from ? '' : `${from} in `}${appSettingsFile(env)}`
      : from;
  const said = problems.map((problem) => `${place(problem)}: ${problem.message}`);
  return new AppError('gate_closed', `A setting that guards money can’t be relied on. ${said.join(' ')}`, {
    remedy: `Correct ${problems.map(place).join(', ')}; until then nothing that costs is launched.`,
    details: { problems: problems.map(({ name, from, message }) => ({ name, from, message })) },
  });
}
