import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { windowSecretHeader } from '../../src-shared/native.ts';
import { answerQuestions, catchOpened } from './desktop.ts';
import { expect, test } from './fixtures.ts';
import { runExample } from './runs.ts';

const policyViolation = /Content Security Policy|violates the following/;

test('the page has no Node, one bridge with two functions, and the sandbox', async ({ app, window }) => {
  const seen = await window.evaluate(() => ({
    require: typeof Reflect.get(globalThis, 'require'),
    process: typeof Reflect.get(globalThis, 'process'),
    bridge: Object.entries(Reflect.get(globalThis, 'transect') as object)
      .map(([name, value]) => `${name}: ${typeof value}`)
      .sort(),
  }));
  expect(seen).toEqual({
    require: 'undefined',
    process: 'undefined',
    bridge: ['invoke: function', 'on: function', 'platform: string', 'secret: string', 'version: string'],
  });
  const preferences = await app.evaluate(({ BrowserWindow, session }) => ({
    spellChecker: session.defaultSession.isSpellCheckerEnabled(),
    windows: BrowserWindow.getAllWindows().map((one) => {
      const page = one.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } = page.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity };
    }),
  }));
  expect(preferences).toEqual({
    spellChecker: false,
    windows: [{ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, webSecurity: true }],
  });
});

test('the page runs no code but its own', async ({ window, complaints }) => {
  complaints.allow(policyViolation);
  const outcome = await window.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.inlineRan = true';
    document.body.append(script);
    const image = document.createElement('img');
    image.setAttribute('onerror', 'globalThis.handlerRan = true');
    image.src = 'data:image/png;base64,none';
    document.body.append(image);
    let workerRan = false;
    try {
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
      worker.onmessage = () => (workerRan = true);
    } catch {
      // Refused at once; newer Chromium refuses later.
    }
    let evaluated = '';
    // Later, since what a debugger evaluates may evaluate.
    setTimeout(() => {
      try {
        evaluated = String(globalThis.eval('1 + 1'));
      } catch (error) {
        evaluated = (error as Error).name;
      }
    });
    const isThere = (name: string) => Reflect.has(globalThis, name);
    return new Promise((done) => {
      setTimeout(() => {
        done({ evaluated, workerRan, inline: isThere('inlineRan'), handler: isThere('handlerRan') });
      }, 300);
    });
  });
  expect(outcome).toEqual({ evaluated: 'EvalError', workerRan: false, inline: false, handler: false });
});

test('nothing is loaded from outside, by the page or by any window', async ({ app, window, complaints }) => {
  complaints.allow(policyViolation);
  complaints.allow(/Failed to (fetch|load)/);
  let hits = 0;
  const server = createServer((_request, response) => {
    hits += 1;
    response.end('<p>outside</p>');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const fetched = await window.evaluate((url) => fetch(url).then(() => 'answered', String), address);
  expect(fetched).toContain('TypeError');
  // A window without our policy: the session itself lets nothing out. When it lives long enough, Electron rightly says that
  // this page, which is not ours, has no policy.
  complaints.allow(/Insecure Content-Security-Policy[^]* on (?!app:)/);
  const loaded = await app.evaluate(async ({ BrowserWindow }, url) => {
    const stray = new BrowserWindow({ show: false });
    const outcome = await stray.loadURL(url).then(() => 'loaded', String);
    stray.destroy();
    return outcome;
  }, address);
  expect(loaded).toContain('ERR_BLOCKED_BY_CLIENT');
  expect(hits).toBe(0);
  server.close();
});

test('the window stays on its page and opens no other', async ({ app, window, complaints }) => {
  complaints.allow(policyViolation);
  complaints.allow(/Not allowed to (load local resource|navigate top frame)/);
  const asked = await answerQuestions(app, 1);
  const opened = await catchOpened(app);
  const before = window.url();
  for (const target of [
    'https://example.org/',
    'http://example.org/',
    'file:///etc/passwd',
    'data:text/html,x',
    'app://other/',
  ])
    await window.evaluate((url) => {
      location.assign(url);
    }, target);
  await window.evaluate(() => {
    for (const url of ['https://example.org/', 'app://transect/', 'file:///etc/passwd', 'about:blank'])
      if (globalThis.open(url) !== null) throw new Error(`${url} was opened`);
  });
  await window.waitForTimeout(300);
  expect(window.url()).toBe(before);
  expect(app.windows()).toHaveLength(1);
  // The one https address was offered, and no was said.
  expect(await asked()).toEqual([expect.objectContaining({ detail: 'https://example.org/' })]);
  expect(await opened()).toEqual([]);
});

test('an address is opened in the browser only after a yes', async ({ app, window }) => {
  await answerQuestions(app, 0);
  const opened = await catchOpened(app);
  await window.evaluate(() => globalThis.open('https://example.org/a b'));
  await expect.poll(opened).toEqual(['https://example.org/a%20b']);
});

test.describe('permissions', () => {
  test.use({ switches: ['--use-fake-device-for-media-stream'] });

  test('are all denied, and nothing is downloaded', async ({ app, window }) => {
    const outcome = await window.evaluate(async () => ({
      notification: await Notification.requestPermission(),
      geolocation: await new Promise((done) => {
        navigator.geolocation.getCurrentPosition(
          () => {
            done('given');
          },
          ({ code }) => {
            done(code);
          },
        );
      }),
      camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
        () => 'given',
        (error: unknown) => (error as Error).name,
      ),
      clipboard: await navigator.clipboard.readText().then(
        () => 'given',
        (error: unknown) => (error as Error).name,
      ),
    }));
    expect(outcome).toEqual({
      notification: 'denied',
      geolocation: 1,
      camera: 'NotAllowedError',
      clipboard: 'NotAllowedError',
    });
    await app.evaluate(({ session }) => {
      const states: string[] = [];
      Object.assign(globalThis, { states });
      session.defaultSession.on('will-download', (event, item) => {
        states.push(event.defaultPrevented ? 'prevented' : item.getState());
      });
    });
    await window.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'data:text/plain,x';
      link.download = 'x.txt';
      link.click();
    });
    await expect.poll(() => app.evaluate(() => Reflect.get(globalThis, 'states') as string[])).toEqual(['prevented']);
  });
});

test('the API answers nobody without the window’s secret, and shell routes not even the window', async ({
  window,
  complaints,
}) => {
  complaints.allow(/status of 40[34]/);
  const statuses = await window.evaluate(async (header) => {
    const { secret } = Reflect.get(globalThis, 'transect') as { secret: string };
    const status = async (path: string, headers: Record<string, string>, method = 'GET') =>
      (await fetch(path, { method, headers, ...(method === 'POST' && { body: '{"path":"/etc"}' }) })).status;
    return {
      right: await status('/api/v1/health', { [header]: secret }),
      none: await status('/api/v1/health', {}),
      wrong: await status('/api/v1/health', { [header]: secret.replaceAll(/./g, 'a') }),
      grant: await status('/api/v1/grants', { [header]: secret }, 'POST'),
      files: await status('/files/v1/x/y', { [header]: secret }),
    };
  }, windowSecretHeader);
  expect(statuses).toEqual({ right: 200, none: 403, wrong: 403, grant: 403, files: 404 });
});

test('files of runs are served in ranges, and nothing beside them', async ({ window, api, complaints }) => {
  complaints.allow(/status of (404|405|416)/);
  complaints.allow(/CORS policy|Failed to load resource/);
  const { id } = await runExample(api);
  const { files } = await api('listFiles', { jobId: id });
  const file = files.toSorted((a, b) => b.bytes - a.bytes)[0]!;
  const base = `job://${id}/`;
  const answers = await window.evaluate(
    async ([address, path]) => {
      const ask = async (at: string, range?: string) => {
        const answer = await fetch(address + at, range === undefined ? {} : { headers: { range } });
        const { byteLength } = await answer.arrayBuffer();
        return [answer.status, byteLength, answer.headers.get('content-range')];
      };
      return {
        whole: await ask(path),
        range: await ask(path, 'bytes=10-19'),
        suffix: await ask(path, 'bytes=-7'),
        beyond: (await ask(path, 'bytes=999999999-'))[0],
        escape: (await ask('..%2f..%2f..%2ftransect.yaml'))[0],
        absent: (await ask('absent.tif'))[0],
      };
    },
    [base, file.path] as const,
  );
  expect(answers).toEqual({
    whole: [200, file.bytes, null],
    range: [206, 10, `bytes 10-19/${file.bytes}`],
    suffix: [206, 7, `bytes ${file.bytes - 7}-${file.bytes - 1}/${file.bytes}`],
    beyond: 416,
    escape: 404,
    absent: 404,
  });
});

test('a hostile page among a run’s files can do nothing', async ({ window, api, dataRoot, complaints }) => {
  complaints.allow(/./);
  const { id } = await runExample(api);
  const { total: jobsBefore } = await api('listJobs', {});
  const hostile = `<!doctype html><p>there</p>
    <script>parent.postMessage('script ran', '*')</script>
    <img src="x" onerror="parent.postMessage('handler ran', '*')">
    <img src="https://example.org/leak.png">
    <form action="app://transect/api/v1/engine/stop" method="post"><button id="send">send</button></form>
    <a id="same" href="report.html">same run</a>
    <a id="top" target="_top" href="https://example.org/">top</a>
    <a id="new" target="_blank" href="https://example.org/">new</a>
    <a id="out" href="https://example.org/">out</a>
    <a id="app" href="app://transect/">app</a>
    <a id="file" href="file:///etc/passwd">file</a>
    <a id="other" href="job://20260101t000000z-other-aaaaaa/x.html">other run</a>
    <iframe src="app://transect/"></iframe>
    <meta http-equiv="refresh" content="0; url=https://example.org/">`;
  writeFileSync(join(dataRoot, 'outputs', 'jobs', id, 'hostile.html'), hostile);
  const address = `job://${id}/hostile.html`;
  await window.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heard });
    addEventListener('message', ({ data }) => heard.push(data));
  });

  /** Where a frame that shows the hostile page is after a click. */
  const after = async (click: string) => {
    await window.evaluate((src) => {
      document.querySelector('#hostile')?.remove();
      document.body.append(Object.assign(document.createElement('iframe'), { src, id: 'hostile' }));
    }, address);
    const element = await window.waitForSelector('#hostile');
    const frame = (await element.contentFrame())!;
    await frame.waitForSelector('p', { timeout: 5_000 });
    await frame.locator(click).dispatchEvent('click');
    await window.waitForTimeout(400);
    return frame.url();
  };
  const blocked = 'chrome-error://chromewebdata/';
  expect(await after('#same')).toBe(`job://${id}/report.html`);
  for (const click of ['#send', '#top', '#new', '#other']) expect(await after(click), click).toBe(address);
  for (const click of ['#out', '#app', '#file']) expect([address, blocked], click).toContain(await after(click));
  expect(await window.evaluate(() => Reflect.get(globalThis, 'heard') as unknown[])).toEqual([]);
  expect(window.url()).toContain('app://transect/');
  // The engine that would have been stopped is the same and answers.
  expect((await api('listJobs', {})).total).toBe(jobsBefore);
});

test.describe('the network', () => {
  test.use({
    switches: async ({ scratch }, use) => {
      await use([`--log-net-log=${join(scratch, 'net.json')}`]);
    },
  });

  test('is never used by Chromium', async ({ app, window, scratch }) => {
    await window.waitForTimeout(3_000);
    const ended = new Promise((done) => app.process().once('exit', done));
    await app.close();
    await ended;
    interface NetLog {
      constants: { logEventTypes: Record<string, number> };
      events: { type: number; params?: { address?: string } }[];
    }
    const log = JSON.parse(readFileSync(join(scratch, 'net.json'), 'utf8')) as NetLog;
    expect(log.events.length).toBeGreaterThan(0);
    const types = new Map(Object.entries(log.constants.logEventTypes).map(([name, type]) => [type, name]));
    const outward =
      /^(TCP_CONNECT|UDP_CONNECT|HOST_RESOLVER_MANAGER_JOB$|HOST_RESOLVER_DNS_TASK|URL_REQUEST_START_JOB)/;
    const seen = log.events.filter(({ type }) => outward.test(types.get(type) ?? ''));
    expect(seen.map(({ type, params }) => `${types.get(type)} ${JSON.stringify(params ?? {})}`)).toEqual([]);
  });
});
