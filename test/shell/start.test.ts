import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src-main/shell/arguments.ts';
import { placesOf } from '../../src-main/shell/places.ts';
import { WindowMemory } from '../../src-main/shell/window/memory.ts';
import { tempFolder } from '../helpers/temp.ts';

describe('the shell’s arguments', () => {
  it.each([
    [['--data-root', 'work'], {}, '/here/work', true],
    [['.', '--no-sandbox', '--data-root=/srv/a', '--inspect=0'], {}, '/srv/a', true],
    [[], { TRANSECT_DATA_ROOT: '/srv/b' }, '/srv/b', false],
    [['--data-root', '/srv/c'], { TRANSECT_DATA_ROOT: '/srv/b' }, '/srv/c', true],
    [['--data-root='], {}, join(homedir(), 'Transect'), false],
  ])('%j with %j: %s', (argv, env, dataRoot, dataRootGiven) => {
    expect(readArguments(argv, env, '/here')).toEqual({ dataRoot, dataRootGiven, smoke: false });
  });

  it('know the check of an installation', () => {
    expect(readArguments(['--smoke'], {}, '/').smoke).toBe(true);
  });
});

it('a package takes nothing of its parts from the environment', () => {
  const packaged = { packaged: true, appPath: '/opt/T/resources/app.asar', resourcesPath: '/opt/T/resources' };
  expect(placesOf(packaged, { TRANSECT_NODE: '/tmp/evil' })).toEqual({
    renderer: '/opt/T/resources/app.asar/out/renderer',
    preload: '/opt/T/resources/app.asar/out/preload/preload.cjs',
    engine: { node: '/opt/T/resources/node/node', program: '/opt/T/resources/programs/engine/engine.js' },
  });
  const checkout = placesOf({ ...packaged, packaged: false, appPath: '/src' }, { TRANSECT_NODE: '/usr/bin/node24' });
  expect(checkout.engine).toEqual({ node: '/usr/bin/node24', program: '/src/out/programs/engine/engine.js' });
});

describe('what the window remembers', () => {
  it('is there at the next start', () => {
    const file = join(tempFolder(), 'user', 'window.json');
    const bounds = { x: 1, y: 2, width: 1000, height: 700 };
    new WindowMemory(file).remember({ bounds, theme: 'dark' });
    expect(new WindowMemory(file).state).toEqual({ bounds, theme: 'dark', maximized: false });
  });

  it('is forgotten when it cannot be read, and the window opens all the same', () => {
    const folder = tempFolder();
    const file = join(folder, 'window.json');
    writeFileSync(file, '{"bounds": {"x": "far"}}');
    const memory = new WindowMemory(file);
    expect(memory.state).toEqual({ bounds: null, maximized: false, theme: 'system' });
    mkdirSync(join(folder, 'is-a-folder'));
    const unwritable = new WindowMemory(join(folder, 'is-a-folder'));
    unwritable.remember({ theme: 'light' });
    expect(unwritable.state.theme).toBe('light');
    expect(readFileSync(file, 'utf8')).toContain('far');
  });
});
