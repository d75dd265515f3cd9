import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ClosingAnswer } from './closing-question.ts';

const Answers = z.record(z.string(), z.enum(['keep', 'stop', 'cancel', 'both']));

/** What a person wants done at closing, by ledger entry, without being asked again. Losing it does no harm: they are asked. */
export class ClosingMemory {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** The one answer that was given for all of these; null when there is none, or not one for all. */
  answerFor(entries: readonly string[]): ClosingAnswer | null {
    const answers = this.#read();
    const [first = null, ...others] = new Set(entries.map((id) => answers[id] ?? null));
    return others.length === 0 ? first : null;
  }

  /** Notes an answer, and forgets those for what is no longer there. */
  remember(entries: readonly string[], answer: ClosingAnswer): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      const answers = Object.fromEntries(entries.map((id) => [id, answer]));
      writeFileSync(this.#file, `${JSON.stringify(answers, null, 2)}\n`, { mode: 0o600 });
    } catch {
      // They are asked again.
    }
  }

  #read(): z.infer<typeof Answers> {
    try {
      return Answers.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return {};
    }
  }
}
