import type { Locator, Page } from '@playwright/test';

/** Moves the focus by Tab until it is on (or in) the target. Fails when a person would have given up. */
export async function tabTo(window: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let pressed = 0; pressed < 120; pressed += 1) {
    if (
      await target.evaluate((element) => element === document.activeElement || element.contains(document.activeElement))
    )
      return;
    await window.keyboard.press(key);
  }
  throw new Error(`120 presses of ${key} do not reach ${String(target)}`);
}
