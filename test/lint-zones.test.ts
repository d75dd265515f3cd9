import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

/** [importing file, import, allowed?] */
const cases: [file: string, specifier: string, allowed: boolean][] = [
  ['src-shared/errors.ts', 'zod', true],
  ['src-shared/errors.ts', 'yaml', true],
  ['src-shared/errors.ts', './job.ts', true],
  ['src-shared/errors.ts', 'node:fs', false],
  ['src-shared/errors.ts', 'hono', false],
  ['src-shared/errors.ts', '../src-worker/main.ts', false],
  ['src-shared/errors.ts', '../scripts/x.ts', false],
  ['src-shared/errors.ts', '../src-raster/types.ts', false],
  ['src-raster/types.ts', '../src-shared/errors.ts', true],
  ['src-raster/types.ts', './affine.ts', true],
  ['src-raster/types.ts', 'proj4', true],
  ['src-raster/types.ts', 'proj4-list', true],
  ['src-raster/types.ts', 'lerc', true],
  ['src-raster/types.ts', 'fflate', false],
  ['src-raster/types.ts', 'zod', false],
  ['src-raster/types.ts', 'node:zlib', false],
  ['src-raster/types.ts', '../src-worker/main.ts', false],
  ['src-raster/types.ts', '../src-renderer/main.tsx', false],
  ['src-raster/types.ts', '../src-main/engine/main.ts', false],
  ['src-worker/main.ts', '../src-shared/errors.ts', true],
  ['src-worker/main.ts', '../src-raster/types.ts', true],
  ['src-worker/main.ts', 'node:worker_threads', true],
  ['src-worker/main.ts', 'geotiff', true],
  ['src-worker/main.ts', 'electron', false],
  ['src-worker/main.ts', 'node:child_process', false],
  ['src-worker/main.ts', 'child_process', false],
  ['src-worker/main.ts', 'node:cluster', false],
  ['src-worker/run/probe/places.ts', 'node:child_process', false],
  ['src-worker/run/probe/process-trial.ts', 'node:child_process', true],
  ['src-worker/run/probe/process-trial.ts', 'node:cluster', false],
  ['src-worker/run/probe/process-trial.ts', '../supervise.ts', false],
  ['src-worker/main.ts', '../src-main/engine/main.ts', false],
  ['src-worker/main.ts', '../src-renderer/app.ts', false],
  ['src-main/engine/main.ts', '../../src-shared/errors.ts', true],
  ['src-main/engine/main.ts', 'node:child_process', true],
  ['src-main/engine/main.ts', 'electron', false],
  ['src-main/engine/main.ts', '../shell/window.ts', false],
  ['src-main/engine/main.ts', '../../src-worker/main.ts', false],
  ['src-main/engine/main.ts', '../../src-renderer/app.ts', false],
  ['src-main/engine/main.ts', '../../src-raster/types.ts', false],
  ['src-main/cli/main.ts', '../../src-shared/errors.ts', true],
  ['src-main/cli/main.ts', '../client/connect.ts', true],
  ['src-main/cli/main.ts', '../engine/main.ts', false],
  ['src-main/cli/main.ts', 'electron', false],
  ['src-main/cli/main.ts', '../shell/window.ts', false],
  ['src-main/cli/main.ts', '../../src-worker/main.ts', false],
  ['src-main/client/connect.ts', 'node:http', true],
  ['src-main/client/connect.ts', 'electron', false],
  ['src-main/client/connect.ts', '../engine/main.ts', false],
  ['src-main/client/connect.ts', '../cli/main.ts', false],
  ['src-main/shell/main.ts', 'electron', true],
  ['src-main/shell/main.ts', '../client/connect.ts', true],
  ['src-main/shell/main.ts', '../engine/main.ts', false],
  ['src-main/shell/main.ts', '../../src-worker/main.ts', false],
  ['src-main/preload/preload.ts', 'electron', true],
  ['src-main/preload/preload.ts', 'node:fs', false],
  ['src-renderer/app.ts', '../src-shared/errors.ts', true],
  ['src-renderer/app.ts', '../src-raster/types.ts', true],
  ['src-renderer/app.ts', 'react', true],
  ['src-renderer/app.ts', 'node:fs', false],
  ['src-renderer/app.ts', 'electron', false],
  ['src-renderer/app.ts', 'electron/renderer', false],
  ['src-renderer/app.ts', '../src-main/engine/main.ts', false],
  ['src-renderer/app.ts', '../src-worker/main.ts', false],
];

const zoneRules = new Set(['no-restricted-imports', 'no-restricted-syntax']);
const forms = {
  static: (specifier: string) => `import x from '${specifier}';\nx();\n`,
  type: (specifier: string) => `import type { X } from '${specifier}';\nexport type Y = X;\n`,
  reexport: (specifier: string) => `export * from '${specifier}';\n`,
  dynamic: (specifier: string) => `export const x = () => import('${specifier}');\n`,
};

describe('lint zones', () => {
  let eslint: ESLint;

  beforeAll(() => {
    // Types say nothing about zones: without them a file that does not exist can be linted.
    eslint = new ESLint({
      cwd: root,
      ruleFilter: ({ ruleId }) => zoneRules.has(ruleId),
      overrideConfig: { languageOptions: { parserOptions: { projectService: false, project: null } } },
    });
  });

  it.each(cases)('%s importing %s: allowed = %s', async (file, specifier, allowed) => {
    for (const [form, write] of Object.entries(forms)) {
      const [result] = await eslint.lintText(write(specifier), { filePath: `${root}${file}` });
      const refused = result!.messages.filter((message) => zoneRules.has(message.ruleId ?? ''));
      expect(result!.fatalErrorCount, `${form} import must parse`).toBe(0);
      expect(refused.length > 0, `${form} import refused`).toBe(!allowed);
    }
  });
});
