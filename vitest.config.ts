import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  cacheDir: '.cache/vitest',
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    watch: false,
    // An engine of a test has no Docker unless the test gives it one (test/helpers/docker-engine.ts).
    // Parts of worker images are kept with the checkout, not with whoever runs the tests.
    env: {
      TZ: 'UTC',
      DOCKER_HOST: 'unix:///nonexistent-transect',
      TRANSECT_CACHE: join(import.meta.dirname, '.cache/transect'),
    },
    reporters: ['default', './scripts/test/summary-reporter.mjs'],
  },
});
