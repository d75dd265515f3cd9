import type { Page } from '@playwright/test';

/** Collects what pages complain of: errors on the console (violated policies are among them), thrown errors, security warnings. */
export class Complaints {
  readonly #heard: string[] = [];
  // Playwright looks into every frame by script, also into those of run files, whose sandbox refuses it. What a hostile file
  // achieves is judged by its effects, not by this line.
  readonly #allowed: RegExp[] = [/Blocked script execution in 'job:.* sandboxed/];

  watch(page: Page): void {
    page.on('console', (message) => {
      const text = `${message.type()}: ${message.text()} (${message.location().url}) on ${page.url()}`;
      if (message.type() === 'error' || message.text().includes('Electron Security Warning')) this.#heard.push(text);
    });
    page.on('pageerror', (error) => this.#heard.push(`thrown: ${error.stack ?? error.message}`));
    page.on('crash', () => this.#heard.push('the page crashed'));
  }

  /** This test provokes complaints like this one. */
  allow(pattern: RegExp): void {
    this.#allowed.push(pattern);
  }

  /** Everything heard. */
  get heard(): readonly string[] {
    return this.#heard;
  }

  unexpected(): string[] {
    return this.#heard.filter((text) => !this.#allowed.some((pattern) => pattern.test(text)));
  }
}
