// `npm run example`: runs the main job twice on the fixture catalogue (no network) and prints where to look.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const dataRoot = join(root, 'example-output');
const tasks = ['example_composite.yaml', 'example_stac_preview.yaml'];
const cli = join(root, 'out/programs/cli/cli.js');
const caller = process.env.INIT_CWD ?? process.cwd();

const results = [];
for (const task of tasks) {
  const path = join(root, 'examples/spatiotemporal/tasks', task);
  console.log(`\nexample: transect run ${shown(path)} --offline --backend process`);
  const args = [cli, 'run', path, '--offline', '--backend', 'process', '--data-root', dataRoot, '--json'];
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (run.status !== 0) {
    console.error(`example: ${task} ended with code ${run.status ?? run.signal}\n${run.stdout}`);
    process.exit(run.status ?? 1);
  }
  const result = JSON.parse(run.stdout);
  console.log(`example: ${result.jobId}: ${result.state}, validity ${result.validity.join(', ')}`);
  results.push(result);
}

console.log('\nWhere to look:');
for (const result of results) {
  const folder = result.folder ?? join(dataRoot, 'outputs/jobs', result.jobId);
  console.log(`\n  ${result.jobId}`);
  for (const { path, bytes } of result.outputs.filter((output) => kind(output.path) !== undefined)) {
    console.log(`  ${kind(path).padEnd(8)} ${shown(join(folder, path))}  (${size(bytes)})`);
  }
}
const index = join(dataRoot, 'outputs/index.html');
if (existsSync(index)) console.log(`\n  all jobs ${shown(index)}`);

/** What a person would call this output, or undefined for what is not worth a first look. */
function kind(path) {
  if (path === 'report.html') return 'report';
  if (/^maps\/.*\.tiff?$/.test(path)) return 'COG';
  if (path.startsWith('maps/')) return 'map';
  if (path.startsWith('tables/')) return 'table';
  if (path.startsWith('figures/') && path.endsWith('.png')) return 'figure';
  return undefined;
}

function shown(path) {
  return relative(caller, path) || '.';
}

function size(bytes) {
  return bytes < 1024
    ? `${bytes} B`
    : bytes < 1_048_576
      ? `${(bytes / 1024).toFixed(1)} KiB`
      : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
