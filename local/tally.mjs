import { existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} reasons why something was skipped, one line each
 */

/** @param {Partial<Tally>} [counts] @returns {Tally} */
export const tally = (counts = {}) => ({ passed: 0, failed: 0, skipped: 0, reasons: [], ...counts });

/** @param {Tally[]} tallies @returns {Tally} */
export function sum(tallies) {
  return tallies.reduce(
    (all, one) => ({
      passed: all.passed + one.passed,
      failed: all.failed + one.failed,
      skipped: all.skipped + one.skipped,
      reasons: [...all.reasons, ...one.reasons],
    }),
    tally(),
  );
}

/** The closing line. @param {Tally} all */
export const closingLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * Counts of a vitest JSON report. A file that did not load has no tests in it and counts as one failure; so does a report
 * that is not there or that holds no test, and a run that ended badly for a reason outside of any test.
 * @param {string} file @param {boolean} ok whether the command ended with 0
 */
export function vitestTally(file, ok) {
  const report = readJson(file);
  if (!report) return tally({ failed: 1 });
  const counts = tally();
  for (const { status, name, assertionResults } of report.testResults) {
    if (status === 'failed' && assertionResults.every((/** @type {{status: string}} */ test) => test.status !== 'failed')) counts.failed++;
    for (const test of assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed') counts.failed++;
      else {
        counts.skipped++;
        counts.reasons.push(`${name.split('/').slice(-2).join('/')}: ${test.fullName}`);
      }
    }
  }
  return atLeastOneFailure(counts, ok);
}

/** Counts of a Playwright JSON report; a flaky test has failed once, and counts as failed. @param {string} file @param {boolean} ok */
export function playwrightTally(file, ok) {
  const report = readJson(file);
  if (!report) return tally({ failed: 1 });
  const { expected, unexpected, flaky, skipped } = report.stats;
  const reasons = skipped > 0 ? [...skippedIn(report)] : [];
  return atLeastOneFailure(tally({ passed: expected, failed: unexpected + flaky, skipped, reasons }), ok);
}

/** @param {{ suites?: object[], specs?: { title: string, tests: { status: string, annotations: { description?: string }[] }[] }[] }} suite @returns {Generator<string>} */
function* skippedIn({ suites = [], specs = [] }) {
  for (const { title, tests } of specs) {
    for (const { status, annotations } of tests) {
      if (status === 'skipped')
        yield `browser: ${title}: ${annotations.find(({ description }) => description)?.description ?? 'no reason given'}`;
    }
  }
  for (const suite of suites) yield* skippedIn(suite);
}

/** @param {Tally} counts @param {boolean} ok */
function atLeastOneFailure(counts, ok) {
  const isEmpty = counts.passed + counts.failed + counts.skipped === 0;
  return (isEmpty || !ok) && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** @param {string} file */
function readJson(file) {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}
