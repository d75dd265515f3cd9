import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures.ts';
import { everyPlace, goTo, useTheme } from './places.ts';

for (const theme of ['light', 'dark'] as const)
  test(`axe finds nothing serious on any place, ${theme}`, async ({ window, api }) => {
    test.setTimeout(480_000);
    const places = await everyPlace(api);
    await useTheme(window, theme);
    const found: string[] = [];
    for (const [name, path] of Object.entries(places)) {
      await goTo(window, path);
      await window.waitForTimeout(1_000);
      // Electron has no second page for axe to work in. The report's frame runs no scripts, and axe works by scripts.
      const { violations } = await new AxeBuilder({ page: window }).setLegacyMode(true).exclude('iframe').analyze();
      for (const { id, impact, nodes } of violations)
        if (impact === 'serious' || impact === 'critical')
          found.push(...nodes.map(({ html }) => `${name}: ${id} (${impact}): ${html}`));
    }
    expect(found).toEqual([]);
  });
