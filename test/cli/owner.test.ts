import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, workspace } from '../helpers/programs.ts';
import { atTerminal, hasTerminal } from '../helpers/terminal.ts';

const pin = 'a long enough PIN';
const [now, first, again] = ['PIN that holds now (not shown): ', 'New PIN (not shown): ', 'The same again: '];

describe.skipIf(!hasTerminal)('transect owner', () => {
  it('sets a PIN that is typed twice at a terminal, shows it nowhere, and keeps only what checks it', async () => {
    const root = workspace();
    const at = ['--data-root', root.path];
    expect((await cli(['owner', 'status', ...at])).stdout).toContain('Nothing is set yet');
    const set = await atTerminal(
      ['owner', 'set-pin', ...at],
      [
        [first, pin],
        [again, pin],
      ],
    );
    expect(set).toMatchObject({ code: 0, stdout: expect.stringContaining('The PIN is set.') as string });
    expect(set.stdout).not.toContain(pin);
    const file = join(root.secrets, 'owner.json');
    expect(readFileSync(file, 'utf8')).not.toContain(pin);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await cli(['owner', 'status', ...at])).stdout).toContain('The owner is known by a PIN.');
    expect((await cli(['owner', 'lock', ...at])).code).toBe(77);
    const locked = await atTerminal(['owner', 'lock', ...at], [['PIN to lock approvals', pin]]);
    expect(locked).toMatchObject({ code: 0, stdout: expect.stringContaining('Locked') as string });
  });

  it('changes it only for whoever knows the one that holds, and counts wrong tries', async () => {
    const root = workspace();
    const at = ['--data-root', root.path];
    await atTerminal(
      ['owner', 'set-pin', ...at],
      [
        [first, pin],
        [again, pin],
      ],
    );
    const before = readFileSync(join(root.secrets, 'owner.json'), 'utf8');
    const wrong = await atTerminal(['owner', 'set-pin', ...at], [[now, 'not the PIN']]);
    expect(wrong).toMatchObject({
      code: 77,
      stdout: expect.stringContaining('not the PIN of this workspace') as string,
    });
    expect((await cli(['owner', 'status', ...at])).stdout).toContain('Wrong tries since the last right one: 1');
    const different = await atTerminal(
      ['owner', 'set-pin', ...at],
      [
        [now, pin],
        [first, 'another PIN'],
        [again, 'another pin'],
      ],
    );
    expect(different.stdout).toContain('nothing was changed');
    expect(
      (
        await atTerminal(
          ['owner', 'set-pin', ...at],
          [
            [now, pin],
            [first, 'short'],
          ],
        )
      ).stdout,
    ).toContain('at least 6');
    expect(readFileSync(join(root.secrets, 'owner.json'), 'utf8')).toBe(before);
    const changed = await atTerminal(
      ['owner', 'set-pin', ...at],
      [
        [now, pin],
        [first, 'another PIN'],
        [again, 'another PIN'],
      ],
    );
    expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining('The PIN is changed.') as string });
  });

  it('does nothing at Ctrl-C', async () => {
    const root = workspace();
    const given = await atTerminal(['owner', 'set-pin', '--data-root', root.path], [[first, 'half a PIN\u0003']]);
    expect(given.code).toBe(130);
    expect((await cli(['owner', 'status', '--data-root', root.path])).stdout).toContain('Nothing is set yet');
  });
});

it('takes no PIN from a pipe, an argument or the environment', async () => {
  const root = workspace();
  const at = ['--data-root', root.path];
  const piped = await cli(['owner', 'set-pin', ...at], { PIN: pin, TRANSECT_PIN: pin }, `${pin}\n${pin}\n`);
  expect(piped).toMatchObject({ code: 77, stderr: expect.stringContaining('at a terminal') as string });
  expect((await cli(['owner', 'set-pin', pin, ...at])).code).toBe(2);
  expect((await cli(['owner', 'set-pin', '--pin', pin, ...at])).code).toBe(2);
});
