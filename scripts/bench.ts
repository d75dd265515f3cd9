// `npm run bench [-- raster|memory|index|launch|window …]`: what Transect does, against a peer in the same run on the same data. JSON on
// standard output; ratios below 1 mean that Transect is faster. All parts when none is named.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchIndex } from './bench/index.ts';
import { benchLaunch } from './bench/launch.ts';
import { benchMemory } from './bench/memory.ts';
import { benchRaster } from './bench/raster.ts';
import { electronBinary, withDisplay } from './window/display.mjs';

/** The window's start and memory, in a process of its own that may need a virtual display. */
function benchWindow(): unknown {
  const display = withDisplay();
  if (electronBinary() === null || display === null) return 'absent: no Electron or no display (npm run setup)';
  const command = [...display, process.execPath, join(import.meta.dirname, 'bench/window.ts')];
  const done = spawnSync(command[0] ?? '', command.slice(1), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return done.status === 0 ? JSON.parse(done.stdout) : 'failed: see above';
}

const parts: Record<string, (folder: string) => unknown> = {
  raster: benchRaster,
  memory: benchMemory,
  index: benchIndex,
  launch: benchLaunch,
  window: benchWindow,
};
const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`bench: there is no ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'transect-bench-'));
try {
  const report: Record<string, unknown> = {};
  for (const name of named.length > 0 ? named : Object.keys(parts)) report[name] = await parts[name]?.(folder);
  console.log(JSON.stringify({ ...report, peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024) }, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
