import { hash } from 'node:crypto';
import { transectVersion } from '../../../src-shared/version.ts';

/** One page of older runs: full, so that a new run changes nothing of it. */
export interface OlderPage {
  /** From 1, the oldest. */
  readonly number: number;
  readonly file: string;
  /** Folders of its runs, oldest first. */
  readonly folders: readonly string[];
}

/** How the runs are spread: `index.html` has the newest ones, at least one page full and less than two. */
export interface Pages {
  readonly newest: readonly string[];
  readonly older: readonly OlderPage[];
}

export const runsPerPage = 50;

/** Spreads run folders over pages. Pure. @param folders in the order of their names, which is that of their time */
export function spread(folders: readonly string[]): Pages {
  const full = Math.max(0, Math.floor(folders.length / runsPerPage) - 1);
  const older = Array.from({ length: full }, (_, index) => ({
    number: index + 1,
    file: pageFile(index + 1),
    folders: folders.slice(index * runsPerPage, (index + 1) * runsPerPage),
  }));
  return { newest: folders.slice(full * runsPerPage), older };
}

function pageFile(number: number): string {
  return `index-${String(number).padStart(4, '0')}.html`;
}

/** Whether a file beside `index.html` is, or was, one of its pages. */
export function isPageFile(name: string): boolean {
  return /^index-\d{4,9}\.html$/.test(name);
}

/**
 * What a page was made from: these runs in these states, by this version. Another key means that the page is to be made anew.
 * It stands at the beginning of the page itself, so that nothing else has to remember it.
 */
export function keyOf({ folders }: OlderPage, states: ReadonlyMap<string, string>): string {
  const lines = folders.map((folder) => `${folder} ${states.get(folder) ?? ''}`);
  return hash('sha256', [transectVersion, ...lines].join('\n'));
}
