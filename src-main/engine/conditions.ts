import type { Condition } from '../../src-shared/api/doctor.ts';

/** Says what holds work up now from its point of view; nothing when all is well. Must be quick: it is asked often. */
export type ConditionSource = () => readonly Condition[] | Promise<readonly Condition[]>;

/** What holds work up now. Every part that can tell adds a source. */
export class Conditions {
  readonly #sources: ConditionSource[] = [];

  add(source: ConditionSource): void {
    this.#sources.push(source);
  }

  /** What blocks comes before what warns. A source that fails says nothing. */
  async now(): Promise<Condition[]> {
    const asked = await Promise.allSettled(this.#sources.map(async (source) => source()));
    const found = asked.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    return found.sort((a, b) => Number(b.level === 'blocking') - Number(a.level === 'blocking'));
  }
}
