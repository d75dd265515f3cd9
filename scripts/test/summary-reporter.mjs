import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Names every skipped test with its reason, and writes the counts to the file in TEST_SUMMARY (see run-tests.mjs).
 * A file that could not be loaded and an error outside of any test count as failed tests.
 */
export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors, reason) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0, reason };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      const suites = [...module.children.allSuites()];
      counts.failed += module.errors().length;
      for (const suite of suites) counts.failed += suite.errors().length;
      for (const test of tests) {
        const { state, note } = test.result();
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed') counts.failed += 1;
        else {
          counts.skipped += 1;
          console.log(`skipped: ${module.relativeModuleId} > ${test.fullName}: ${note ?? 'no reason given'}`);
        }
      }
    }
    const path = process.env.TEST_SUMMARY;
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(counts));
  }
}
