// Stands in for Electron's own default app, which the registry runtime lacks: `electron [-r FILE] [--version] PATH`.
// It is packed into default_app.asar by scripts/ensure-electron.mjs and is never part of a package.
import { app } from 'electron';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

const args = process.argv.slice(1);
const preloads = [];
let target;
while (args.length > 0 && target === undefined) {
  const arg = args.shift();
  if (arg === '-r' || arg === '--require') preloads.push(args.shift());
  else if (arg === '--version' || arg === '-v') {
    process.stdout.write(`v${process.versions.electron}\n`);
    process.exit(0);
  } else if (!arg.startsWith('-')) target = resolve(arg);
}

process.defaultApp = true;
for (const file of preloads) require(resolve(file));
if (target === undefined || !existsSync(target)) {
  process.stderr.write(`electron: no app at ${target ?? '(no path given)'}\n`);
  process.exit(1);
}

let main = target;
if (statSync(target).isDirectory()) {
  const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  app.setName(manifest.productName ?? manifest.name ?? app.name);
  if (manifest.version) app.setVersion(manifest.version);
  if (manifest.desktopName) app.setDesktopName(manifest.desktopName);
  main = join(target, manifest.main ?? 'index.js');
}
app.setAppPath(statSync(target).isDirectory() ? target : dirname(target));
try {
  // Awaited, so that the app is not ready before its main has said what must be said before: schemes, sandbox.
  await import(pathToFileURL(main).href);
} catch (error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  app.exit(1);
}
