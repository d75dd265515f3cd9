import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

/** Makes the pictures in docs/screenshots: `npm run screenshots`. */
export default defineConfig({
  ...tests,
  testDir: 'test/screenshots',
  reporter: 'line',
  outputDir: '.cache/screenshots',
});
