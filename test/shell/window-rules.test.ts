import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { externalAddress } from '../../src-main/shell/native/external.ts';
import { isOurPage, isOwnPage } from '../../src-main/shell/native/sender.ts';
import { pagePolicy, runFilePolicy } from '../../src-main/shell/policy.ts';
import { mayGo, mayLoad } from '../../src-main/shell/window/frame-rules.ts';
import { chromiumSwitches } from '../../src-main/shell/window/switches.ts';
import { backgrounds, windowOptions } from '../../src-main/shell/window/window-options.ts';

const jobId = '20261122t014448z-example-ssjahd';
const otherJob = '20261122t014449z-other-aaaaaa';
const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const look = { preload: '/app/preload.cjs', bounds: null, workAreas: [screen], dark: false, devTools: false };

describe('the window', () => {
  it('is sandboxed, isolated and without Node', () => {
    expect(windowOptions(look)).toEqual({
      width: 1280,
      height: 800,
      minWidth: 960,
      minHeight: 600,
      show: false,
      title: 'Transect',
      backgroundColor: '#fafbfb',
      webPreferences: {
        preload: '/app/preload.cjs',
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInSubFrames: false,
        nodeIntegrationInWorker: false,
        webviewTag: false,
        spellcheck: false,
        navigateOnDragDrop: false,
        devTools: false,
      },
    });
  });

  it('opens where it stood, unless that place is gone', () => {
    const bounds = { x: 100, y: 50, width: 1000, height: 700 };
    expect(windowOptions({ ...look, bounds })).toMatchObject(bounds);
    const gone = windowOptions({ ...look, bounds: { ...bounds, x: 2_500 } });
    expect(gone).toMatchObject({ width: 1280, height: 800 });
    expect(gone.x).toBeUndefined();
    // Its title bar is above the screen, so nobody could move it.
    expect(windowOptions({ ...look, bounds: { ...bounds, y: -200 } }).y).toBeUndefined();
  });

  it('shows the theme’s colour before the first paint', () => {
    expect(windowOptions({ ...look, dark: true }).backgroundColor).toBe(backgrounds.dark);
    const tokens = readFileSync(new URL('../../src-renderer/styles/tokens.css', import.meta.url), 'utf8');
    const colours = [...tokens.matchAll(/^ {2}--bg: (#\w+);$/gm)].map(([, colour]) => colour);
    expect(colours).toEqual([backgrounds.light, backgrounds.dark]);
  });

  it('has policies without a way out', () => {
    expect(pagePolicy('abc')).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self' 'nonce-abc'; img-src 'self' job: data: blob:; font-src 'self'; connect-src 'self' job:; frame-src job:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(runFilePolicy).toBe(
      "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors app://transect",
    );
  });

  it('resolves no names and keeps features that were switched off', () => {
    const switches = new Map(chromiumSwitches('One,Translate').map(([name, value]) => [name, value]));
    expect(switches.get('host-resolver-rules')).toBe('MAP * ~NOTFOUND');
    expect(switches.has('disable-component-update')).toBe(true);
    const features = switches.get('disable-features')?.split(',') ?? [];
    expect(features).toContain('One');
    expect(features.filter((name) => name === 'Translate')).toHaveLength(1);
  });
});

describe('addresses', () => {
  it.each([
    ['app://transect/', true],
    ['app://transect/#/jobs', true],
    ['app://transect/index.html?x', true],
    ['app://transect/other.html', false],
    ['app://transect.evil/', false],
    ['app://evil/', false],
    ['app://transect:1/', false],
    ['https://transect/', false],
    ['file:///etc/passwd', false],
    ['about:blank', false],
    ['', false],
  ])('%s is the window’s own page: %s', (address, own) => {
    expect(isOwnPage(address)).toBe(own);
  });

  const frame = (url: string, parent: { url: string; parent: null } | null = null) => ({ url, parent });
  it('trusts the main frame on our page and nobody else', () => {
    const main = frame('app://transect/');
    expect(isOurPage(main, main)).toBe(true);
    expect(isOurPage(null, main)).toBe(false);
    expect(isOurPage(frame('app://transect/'), main)).toBe(false);
    const inside = frame('app://transect/', { url: 'app://transect/', parent: null });
    expect(isOurPage(inside, inside)).toBe(false);
    const elsewhere = frame('https://example.org/');
    expect(isOurPage(elsewhere, elsewhere)).toBe(false);
  });

  const run = `job://${jobId}/report.html`;
  const ours = 'app://transect/#/review';
  const other = `job://${otherJob}/a.html`;
  it.each([
    ['its own page', { target: 'app://transect/', isMainFrame: true, initiator: ours }, true],
    ['a run’s page, instead of the window’s', { target: run, isMainFrame: true, initiator: ours }, false],
    ['the web, instead of the window’s', { target: 'https://x.org', isMainFrame: true, initiator: ours }, false],
    ['a run in a frame', { target: run, isMainFrame: false, initiator: ours }, true],
    ['another run, by that run', { target: run, isMainFrame: false, initiator: other }, false],
    ['the same run, by that run', { target: `job://${otherJob}/b`, isMainFrame: false, initiator: other }, true],
    ['a run, by nobody knows whom', { target: run, isMainFrame: false, initiator: null }, false],
    ['a run, by a page without an origin', { target: run, isMainFrame: false, initiator: 'about:blank' }, false],
    ['our page in a frame', { target: 'app://transect/', isMainFrame: false, initiator: run }, false],
    ['the web in a frame', { target: 'https://x.org', isMainFrame: false, initiator: run }, false],
    ['a data page in a frame', { target: 'data:text/html,x', isMainFrame: false, initiator: ours }, false],
    ['no job', { target: 'job://evil/x', isMainFrame: false, initiator: 'job://evil/y' }, false],
  ])('a frame going to %s', (_what, move, allowed) => {
    expect(mayGo(move)).toBe(allowed);
  });

  it.each([
    ['app://transect/main.js', true],
    [run, true],
    ['data:image/png;base64,AA', true],
    ['blob:app://transect/1', true],
    ['devtools://devtools/x', true],
    ['https://example.org/', false],
    ['http://localhost/', false],
    ['ws://localhost/', false],
    ['file:///etc/passwd', false],
    ['ftp://x/', false],
    ['chrome-extension://x/', false],
    ['nonsense', false],
  ])('%s may be loaded: %s', (address, allowed) => {
    expect(mayLoad(address)).toBe(allowed);
  });

  it.each([
    ['https://example.org/a?b#c', 'https://example.org/a?b#c'],
    ['https://exa\nmple.org/', 'https://example.org/'],
    ['https://evil.com/?localhost:', 'https://evil.com/?localhost:'],
    ['https://аpple.com/', 'https://xn--pple-43d.com/'],
    ['https://user:pass@example.org/', null],
    ['https://example.org@evil.com/', null],
    ['http://example.org/', null],
    ['file:///etc/passwd', null],
    ['smb://server/share', null],
    ['javascript:alert(1)', null],
    ['ms-msdt:/id', null],
    ['data:text/html,x', null],
    ['//example.org', null],
    ['', null],
  ])('%s opens as %s', (given, opened) => {
    expect(externalAddress(given)).toBe(opened);
  });
});
