import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { SettingProblem, SettingsView } from '../../src-shared/settings.ts';
import { resolveSettings } from '../../src-shared/settings.ts';
import type { DataRoot } from '../client/data-root.ts';
import { given } from '../client/environment.ts';

/** The app's own settings file, apart from any workspace. */
export function appSettingsFile(env: NodeJS.ProcessEnv): string {
  const folder = given(env, 'XDG_CONFIG_HOME') ?? join(homedir(), '.config');
  return given(env, 'TRANSECT_CONFIG') ?? join(folder, 'transect', 'settings.yaml');
}

/** Reads the settings from environment, app file and workspace. A file that cannot be read is reported, never half used. */
export function loadSettings(root: Pick<DataRoot, 'workspaceFile'>, env: NodeJS.ProcessEnv): SettingsView {
  const problems: SettingProblem[] = [];
  const app = readYamlFile(appSettingsFile(env), problems);
  const workspace = readYamlFile(root.workspaceFile, problems);
  const view = resolveSettings({ env, app, workspace });
  return { ...view, problems: [...problems, ...view.problems] };
}

function readYamlFile(path: string, problems: SettingProblem[]): unknown {
  try {
    const data: unknown = parse(readFileSync(path, 'utf8'), { maxAliasCount: 0 });
    // An empty file sets nothing.
    if (data === null || (typeof data === 'object' && !Array.isArray(data))) return data;
    problems.push({ name: '*', from: path, message: 'The file holds no settings but a list or a single value.' });
    return undefined;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
      problems.push({ name: '*', from: path, message: (cause as Error).message });
    return undefined;
  }
}
