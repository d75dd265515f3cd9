import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askPython, hasOracle } from './python.ts';
import { scratch, tempFolder } from './temp.ts';

let folders: string[] = [];

describe('folders of tests', () => {
  const folder = scratch();
  it('are there', () => {
    folders = [folder, tempFolder()];
    expect(folders.map((one) => existsSync(one))).toEqual([true, true]);
    writeFileSync(join(folder, 'file'), 'text');
  });
  it('last as long as their test or their describe', () => {
    expect(folders.map((one) => existsSync(one))).toEqual([true, false]);
  });
});

it('no folder is left after its describe', () => {
  expect(folders.map((one) => existsSync(one))).toEqual([false, false]);
});

describe.skipIf(!hasOracle)('a question to Python', () => {
  const script = (text: string): string => {
    const path = join(tempFolder(), 'script.py');
    writeFileSync(path, text);
    return path;
  };

  it('is answered, with null for numbers that JSON lacks and texts as they are', async () => {
    const echo = script(`import json, sys
question = json.load(sys.stdin)
nan, inf = float('nan'), float('inf')
print(json.dumps([question, nan, inf, -inf, [1, -inf], 'a NaN and "-Infinity"']))
`);
    expect(await askPython(echo, { a: 1 })).toEqual([{ a: 1 }, null, null, null, [1, null], 'a NaN and "-Infinity"']);
  });

  it('that is not read to its end fails with what the script says', async () => {
    const question = 'x'.repeat(4_000_000);
    await expect(askPython(script('raise SystemExit("no such library")'), question)).rejects.toThrow(
      'script.py failed: no such library',
    );
  });
});
