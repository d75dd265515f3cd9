// Who may import what (docs/architecture.md). Each zone lists what is refused, as regular expressions over the text of
// the import; imports of this repository are relative, so a folder's name is in them. `import()` is held to the same.

const folders = (...names) => `(^|/)(${names.join('|')})/`;
const electron = '^electron($|/)';
/** Tries whether a process could be started, for the record of a run's isolation. It asks for a program that does not exist. */
const processTrial = 'src-worker/run/probe/process-trial.ts';
const everythingElse = folders('test', 'scripts', 'out');

const refused = [
  {
    files: ['src-shared/**/*.ts'],
    message: 'src-shared imports zod, yaml and itself only.',
    patterns: [
      '^(?!(zod|yaml)($|/)|\\.\\.?/)',
      folders('src-raster', 'src-worker', 'src-main', 'src-renderer'),
      everythingElse,
    ],
  },
  {
    files: ['src-raster/**/*.ts'],
    message: 'src-raster reads rasters in Node and in the window: src-shared, proj4, proj4-list and lerc only.',
    patterns: [
      '^(?!(proj4|proj4-list|lerc)$|\\.\\.?/)',
      folders('src-worker', 'src-main', 'src-renderer'),
      everythingElse,
    ],
  },
  {
    files: ['src-worker/**/*.ts'],
    message: 'src-worker runs anywhere and launches nothing: no engine, no window, no child processes.',
    patterns: [electron, '^(node:)?(child_process|cluster)$', folders('src-main', 'src-renderer'), everythingElse],
    ignores: [processTrial],
  },
  {
    files: [processTrial],
    message: 'The worker’s one trial of whether it could start a process: nothing else.',
    patterns: ['^(?!(node:)?child_process$)'],
  },
  {
    files: ['src-main/engine/**/*.ts'],
    message: 'The engine is plain Node: no Electron, no other program; it launches the worker and never imports it.',
    patterns: [
      electron,
      folders('shell', 'preload', 'cli', 'src-raster', 'src-worker', 'src-renderer'),
      everythingElse,
    ],
  },
  {
    files: ['src-main/client/**/*.ts'],
    message:
      'The client reaches the engine by its socket and runs in the CLI and in the shell: plain Node, no other program.',
    patterns: [
      electron,
      folders('engine', 'shell', 'preload', 'cli', 'src-raster', 'src-worker', 'src-renderer'),
      everythingElse,
    ],
  },
  {
    files: ['src-main/cli/**/*.ts'],
    message: 'The CLI is a client of the API: no Electron, no window, no worker code.',
    patterns: [
      electron,
      folders('engine', 'shell', 'preload', 'src-raster', 'src-worker', 'src-renderer'),
      everythingElse,
    ],
  },
  {
    files: ['src-main/shell/**/*.ts'],
    message: 'The shell knows the engine by its socket only.',
    patterns: [folders('engine', 'cli', 'src-worker', 'src-renderer'), everythingElse],
  },
  {
    files: ['src-main/preload/**/*.ts'],
    message: 'The preload exposes native conveniences only.',
    patterns: ['^node:', folders('engine', 'cli', 'shell', 'src-worker', 'src-renderer'), everythingElse],
  },
  {
    files: ['src-renderer/**/*.{ts,tsx}'],
    message: 'src-renderer is a pure web app: no Node, no Electron, no engine or worker code.',
    patterns: [electron, '^node:', folders('src-main', 'src-worker'), everythingElse],
  },
];

/** ESLint configuration that makes a forbidden import fail the build. */
export const zones = refused.map(({ files, ignores = [], message, patterns }) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': ['error', { patterns: patterns.map((regex) => ({ regex, message })) }],
    'no-restricted-syntax': ['error', ...patterns.map((regex) => dynamicImport(regex, message))],
  },
}));

function dynamicImport(regex, message) {
  const escaped = regex.replaceAll('/', '\\/');
  return { selector: `ImportExpression[source.value=/${escaped}/]`, message };
}
