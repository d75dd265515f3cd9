import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Validity } from '../../../src-shared/job.ts';
import type { OlderPage } from './pages.ts';
import type { RunEntry, RunFile } from './read-job-folder.ts';
import { indexStyle } from './style.ts';

/** Files of a kind that are shown at once; the others unfold. */
const shownFiles = 5;

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** State and validity as icon and words; colour is never the only signal. */
const stateSigns: Record<string, readonly [icon: string, words: string, tone: string]> = {
  waiting: ['…', 'waiting', 'quiet'],
  running: ['▶', 'running', 'busy'],
  cancelling: ['◼', 'cancelling', 'busy'],
  succeeded: ['✓', 'succeeded', 'good'],
  failed: ['✕', 'failed', 'bad'],
  timed_out: ['⏱', 'timed out', 'bad'],
  cancelled: ['◼', 'cancelled', 'quiet'],
  lost: ['?', 'lost', 'bad'],
  unknown: ['?', 'unknown', 'bad'],
};
const validitySigns: Record<Validity, readonly [icon: string, words: string, tone: string]> = {
  computed: ['●', 'computed from data', 'good'],
  partial: ['◐', 'partial: some inputs could not be read', 'warn'],
  empty: ['○', 'empty: no item or no valid pixel', 'warn'],
  offline_fixture: ['◇', 'offline fixture: not a measurement', 'warn'],
  synthetic: ['◇', 'synthetic: not a measurement', 'warn'],
};

/** The page of the newest runs, with the way to the older ones. */
export function renderNewest(runs: readonly RunEntry[], total: number, older: readonly OlderPage[]): Promise<string> {
  const words = html`${total} ${total === 1 ? 'run' : 'runs'}, newest first`;
  return renderPage('Outputs', words, runs, html`${older.length === 0 ? '' : olderRuns(older)}`, '');
}

/** A page of older runs. It says nothing that a new run would change. */
export function renderOlder(runs: readonly RunEntry[], page: OlderPage, key: string): Promise<string> {
  const words = html`${periodOf(page)}, newest first · <a href="index.html">the newest runs</a>`;
  return renderPage('Older outputs', words, runs, '', key);
}

/** The key that the beginning of an older page names. */
export function keyIn(start: string): string | null {
  return /<html lang="en" data-key="([0-9a-f]{64})">/.exec(start)?.[1] ?? null;
}

/** No script, no request but for the runs’ own files, and it works from a file. */
async function renderPage(
  title: string,
  words: Html,
  runs: readonly RunEntry[],
  foot: Html | '',
  key: string,
): Promise<string> {
  const page = await html`<!doctype html>
    <html lang="en" data-key="${key}">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Transect: ${title.toLowerCase()}</title>
        <style>
          ${raw(indexStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p>${words}</p>
        </header>
        <p class="review">
          <span aria-hidden="true">⚑</span> Nothing here has been signed: every output needs human review before
          publication or downstream use.
        </p>
        ${runs.length === 0 ? emptyPage() : html`<main>${runs.map(runCard)}</main>`} ${foot}
      </body>
    </html> `;
  return page.toString();
}

function olderRuns(pages: readonly OlderPage[]): Html {
  const links = pages.toReversed().map((page) => html`<li><a href="${page.file}">${periodOf(page)}</a></li>`);
  return html`<nav aria-label="Older runs">
    <h2>Older runs</h2>
    <ul class="older">
      ${links}
    </ul>
  </nav>`;
}

/** From when to when the runs of a page are, as their folders are named. */
function periodOf({ folders }: OlderPage): string {
  const [first, last] = [dayOf(folders[0] ?? ''), dayOf(folders.at(-1) ?? '')];
  return `${folders.length} runs, ${first === last ? first : `${first} to ${last}`}`;
}

function dayOf(folder: string): string {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)t\d{6}z-/.exec(folder) ?? [];
  return day === undefined ? folder.slice(0, 24) : `${year ?? ''}-${month ?? ''}-${day}`;
}

function emptyPage(): Html {
  return html`<main class="empty">
    <h2>No runs yet</h2>
    <p>
      A run appears here when it has ended. Start one with
      <code>npm run -s transect -- run TASK.yaml --backend process</code>.
    </p>
  </main>`;
}

function runCard(run: RunEntry): Html {
  const pictures = run.figures.filter(({ path }) => /\.(png|jpe?g|webp)$/i.test(path));
  const figure = pictures.find(({ path }) => /quicklook/i.test(path)) ?? pictures[0];
  return html` <article>
    <div class="picture">
      ${figure === undefined ? html`<span>no figure</span>` : html`<a href="${link(run, figure)}"><img src="${link(run, figure)}" alt="First figure of ${run.name}" loading="lazy" /></a>`}
    </div>
    <div class="facts">
      <h2>${run.name}</h2>
      <p class="id">${run.folder}</p>
      <p class="signs">
        ${badge(stateSigns[run.state] ?? ['?', run.state, 'bad'])}${run.validity.map((one) => badge(validitySigns[one]))}
      </p>
      <p class="when">${when(run)}</p>
      ${run.message === null ? '' : html`<p class="message">${run.message}</p>`}
    </div>
    <div class="files">
      ${files('Documents', run, run.documents)}${files('Maps', run, run.maps)}${files('Tables', run, run.tables)}${files('Figures', run, run.figures)}
      ${run.unlisted === 0 ? '' : html`<p class="more">${run.unlisted} more files are in the folder.</p>`}
    </div>
  </article>`;
}

function badge([icon, words, tone]: readonly [string, string, string]): Html {
  return html`<span class="badge ${tone}"><span aria-hidden="true">${icon}</span> ${words}</span>`;
}

function when({ startedAt, seconds }: RunEntry): string {
  if (startedAt === null) return 'not started';
  const began = startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
  return seconds === null ? began : `${began}, took ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

function files(title: string, run: RunEntry, list: readonly RunFile[]): Html | '' {
  if (list.length === 0) return '';
  const [first, rest] = [list.slice(0, shownFiles), list.slice(shownFiles)];
  return html`<section>
    <h3>${title}</h3>
    <ul>
      ${first.map((file) => fileLine(run, file))}
    </ul>
    ${
      rest.length === 0
        ? ''
        : html`<details>
            <summary>${rest.length} more</summary>
            <ul>
              ${rest.map((file) => fileLine(run, file))}
            </ul>
          </details>`
    }
  </section>`;
}

function fileLine(run: RunEntry, file: RunFile): Html {
  const name = file.path.replace(/^(figures|tables|maps)\//, '');
  const sized = file.bytes === null ? '' : html` <span class="size">${size(file.bytes)}</span>`;
  return html`<li><a href="${link(run, file)}">${name}</a>${sized}</li>`;
}

/** Every part percent-encoded: a folder may be called anything. */
function link(run: RunEntry, file: RunFile): string {
  const path = `jobs/${run.folder}/${file.path}`;
  // Nearly all are plain, and encoding takes most of the time that a page takes.
  return /^[\w./-]+$/.test(path)
    ? path
    : ['jobs', run.folder, ...file.path.split('/')].map(encodeURIComponent).join('/');
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
