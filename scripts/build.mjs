// Builds everything that exists into out/: the three Node programs, the worker's side files, and, once their entries
// exist, Electron's main, preload and renderer. Each program replaces its folder by one rename when it is complete.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { build } from 'vite';

import { programs } from '../vite.programs.config.ts';
import { replaceFolder, tempFolder } from './build/folder.mjs';
import { buildWindow } from './build/window.mjs';
import { addEngineFiles, addWorkerFiles } from './build/side-files.mjs';

const root = join(import.meta.dirname, '..');
const extras = { engine: addEngineFiles, cli: async () => {}, worker: addWorkerFiles };

process.chdir(root);
// An incomplete build is a failure: nothing runs without all three programs.
for (const [name, program] of Object.entries(programs)) if (!(await buildProgram(name, program))) process.exitCode = 1;
await buildWindow(root);

async function buildProgram(name, program) {
  if (!existsSync(join(root, program.entry))) {
    console.error(`build: ${name}: no ${program.entry} yet, left out`);
    return false;
  }
  const start = performance.now();
  const folder = tempFolder(join(root, program.folder));
  try {
    await build(program.config(folder));
    await extras[name](folder);
    await replaceFolder(folder, join(root, program.folder));
  } catch (error) {
    // Vite's message shows file, line and cause; the stack is the bundler's own.
    const message = process.stderr.isTTY ? error.message : stripVTControlCharacters(error.message);
    console.error(`build: ${name} failed: ${message}`);
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.error(`build: ${name} -> ${program.folder} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return true;
}
