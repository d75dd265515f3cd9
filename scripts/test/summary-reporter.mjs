import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Says of every file how many of its tests were skipped and why, and writes the counts to the file in TEST_SUMMARY (see
 * run-tests.mjs). A test file that may have to skip prints the reason in a line that begins with "skip".
 * A test that passed only when it was tried again is named. A file that could not be loaded and an error outside of any test count as failed tests.
 */
export default class SummaryReporter {
  /** Reasons that were printed, with the id of the file or test that printed them. */
  #printed = [];

  onUserConsoleLog({ content, taskId }) {
    for (const line of content.split('\n')) if (/^skip/i.test(line)) this.#printed.push({ line, taskId: taskId ?? '' });
  }

  onTestRunEnd(modules, unhandledErrors, reason) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0, reason };
    for (const module of modules) {
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
      const notes = [];
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (test.diagnostic()?.flaky === true)
          console.log(`flaky: ${module.relativeModuleId} > ${test.fullName} (passed when it was tried again)`);
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed') counts.failed += 1;
        else notes.push(note);
      }
      counts.skipped += notes.length;
      if (notes.length > 0)
        console.log(`${notes.length} skipped in ${module.relativeModuleId}: ${this.#why(module, notes)}`);
    }
    const path = process.env.TEST_SUMMARY;
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(counts));
  }

  #why(module, notes) {
    const printed = this.#printed.filter(({ taskId }) => taskId.startsWith(module.id)).map(({ line }) => line);
    const reasons = new Set([...printed, ...notes.filter((note) => note !== undefined)]);
    return reasons.size === 0 ? 'no reason given' : [...reasons].join(' ');
  }
}
