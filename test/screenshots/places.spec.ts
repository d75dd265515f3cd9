// Pictures of every place for docs/screenshots: npm run screenshots. Not part of the tests; they are made to be looked at.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect, test } from '../e2e/fixtures.ts';
import { everyPlace, goTo, useTheme } from '../e2e/places.ts';

const folder = resolve(import.meta.dirname, '../../docs/screenshots');
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

async function resize(app: ElectronApplication, page: Page, size: { width: number; height: number }): Promise<void> {
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
  }, size);
  await expect.poll(() => page.evaluate(() => [innerWidth, innerHeight])).toEqual([size.width, size.height]);
}

/** Long enough for the map's tiles and the fonts; a picture has nothing else to wait for. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(2_000);
}

for (const theme of ['light', 'dark'] as const)
  test(`every place, ${theme}`, async ({ app, window, api }) => {
    test.setTimeout(600_000);
    mkdirSync(folder, { recursive: true });
    const places = await everyPlace(api);
    await useTheme(window, theme);
    for (const size of sizes) {
      await resize(app, window, size);
      const picture = (name: string) => window.screenshot({ path: join(folder, `${name}-${theme}-${size.width}.png`) });
      for (const [name, path] of Object.entries(places)) {
        await goTo(window, path);
        await settle(window);
        await picture(name);
      }
      await window.keyboard.press('Control+k');
      await settle(window);
      await picture('palette');
      await window.keyboard.press('Escape');
    }
  });
