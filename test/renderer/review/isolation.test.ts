import { describe, expect, it } from 'vitest';
import type { Wall } from '../../../src-shared/isolation.ts';
import { wallIds } from '../../../src-shared/isolation.ts';
import { Isolation } from '../../../src-shared/job.ts';
import {
  countVerdicts,
  placeSentence,
  summarySentence,
  verdictMeanings,
  verdicts,
  wallMeanings,
} from '../../../src-renderer/review/isolation/wall-words.ts';
import { nothingAsked } from '../../helpers/nothing-asked.ts';

const walls = (...given: Wall['verdict'][]): Wall[] =>
  given.map((verdict, index) => ({ id: wallIds[index]!, title: wallIds[index]!, asked: null, had: null, verdict }));

const bare = { restricted: [], unrestricted: [] };

describe('the words about walls', () => {
  it('explain every wall and every verdict', () => {
    for (const id of wallIds) expect(wallMeanings[id]).toMatch(/^[A-Z].*\.$/);
    for (const verdict of verdicts) expect(verdictMeanings[verdict]).toMatch(/^[A-Z].*\.$/);
  });

  it('count how the walls stood', () => {
    expect(countVerdicts(walls('held', 'open', 'held', 'weaker'))).toEqual({
      held: 2,
      weaker: 1,
      unmeasured: 0,
      open: 1,
    });
  });

  it('never call a run walled in when a wall was weaker, open or not measured', () => {
    expect(summarySentence(walls('held', 'held'))).toBe('Every wall stood as it was asked for.');
    expect(summarySentence(walls('held', 'weaker', 'open'))).toContain('weaker than was asked for');
    expect(summarySentence(walls('open', 'open'))).toBe('Nothing stood between the run and this machine.');
    expect(summarySentence(walls('held', 'open'))).toContain('open');
    expect(summarySentence(walls('held', 'unmeasured'))).toContain('that could be measured');
    expect(summarySentence(walls('unmeasured'))).toContain('is not known');
  });

  it('say what a run ran in, also for records of older versions', () => {
    expect(placeSentence(Isolation.parse({ kind: 'process', ...bare }))).toBe('It ran as a process of this machine.');
    const container = Isolation.parse({ kind: 'container', ...bare });
    expect(placeSentence(container)).toBe('It ran in a container.');
    expect(placeSentence(container, false)).toBe('It runs in a container.');
    const process = (sandbox: string) =>
      Isolation.parse({ kind: 'process', ...bare, asked: { ...nothingAsked, sandbox } });
    expect(placeSentence(process('none'))).toContain('without a sandbox around it');
    expect(placeSentence(process('bubblewrap'))).toContain('walled in by bubblewrap');
  });
});
