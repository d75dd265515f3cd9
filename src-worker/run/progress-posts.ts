import type { Progress } from '../../src-shared/job.ts';

const intervalMs = 250;

/** Sends progress at most four times a second, but always the first and the last of a phase. */
export class ProgressPosts {
  readonly #post: (progress: Progress) => void;
  #held: Progress | null = null;
  #phase = '';
  #sentAt = 0;

  constructor(post: (progress: Progress) => void) {
    this.#post = post;
  }

  send(phase: string, done: number, total: number | null, unit: string): void {
    const progress = { phase, done, total, unit };
    const now = performance.now();
    if (phase !== this.#phase) this.flush();
    if (phase !== this.#phase || done === total || now - this.#sentAt >= intervalMs) {
      this.#post(progress);
      this.#held = null;
      this.#sentAt = now;
    } else this.#held = progress;
    this.#phase = phase;
  }

  flush(): void {
    if (this.#held !== null) this.#post(this.#held);
    this.#held = null;
  }
}
