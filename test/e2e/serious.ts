import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What axe finds serious or critical in what is shown now. */
export async function seriousIn(window: Page, name: string): Promise<string[]> {
  await window.waitForTimeout(1_000);
  // Electron has no second page for axe to work in. The report's frame runs no scripts, and axe works by scripts.
  // What React Aria has read out stays in its announcer for some seconds, also when the button that it names is gone.
  const { violations } = await new AxeBuilder({ page: window })
    .setLegacyMode(true)
    .exclude('iframe')
    .exclude('[data-live-announcer]')
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${name}: ${id} (${impact ?? ''}): ${html}`));
}
