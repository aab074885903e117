/** @typedef {{ title: string, reason: string }} SkippedTest */
/** @typedef {{ passed: number, failed: number, skipped: SkippedTest[] }} Count */

const NO_REASON = 'no reason given'

/**
 * One step of the run -> how many passed and failed in it. A static check counts one; a test runner counts its tests.
 * A runner that failed without a failed test, died without a report, or ran nothing, counts one failure.
 *
 * @param {{ exitCode: number, tests?: Count | 'no report' }} outcome `tests` is absent for a static check
 * @returns {Count}
 */
export function countStep({ exitCode, tests }) {
  if (tests === undefined) {
    return exitCode === 0
      ? { passed: 1, failed: 0, skipped: [] }
      : { passed: 0, failed: 1, skipped: [] }
  }
  if (tests === 'no report') return { passed: 0, failed: 1, skipped: [] }
  const ranNothing = tests.passed + tests.failed === 0
  const failedUnseen = exitCode !== 0 && tests.failed === 0
  return ranNothing || failedUnseen ? { ...tests, failed: tests.failed + 1 } : tests
}

/**
 * @param {Count[]} counts
 * @returns {Count}
 */
export function addUp(counts) {
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    skipped: counts.flatMap(({ skipped }) => skipped),
  }
}

/** @param {Count} count */
export function summaryLine({ passed, failed, skipped }) {
  const rest = skipped.length > 0 ? `, ${skipped.length} skipped` : ''
  return `${passed} passed, ${failed} failed${rest}`
}

/**
 * Reads Vitest's JSON report. A file that broke before or beside its tests counts as one failure more.
 *
 * @param {{ testResults: { name: string, status: string, assertionResults: { fullName: string, status: string, meta?: { skipReason?: string } }[] }[] }} report
 * @returns {Count}
 */
export function countVitest(report) {
  return addUp(
    report.testResults.map((file) => {
      const tests = file.assertionResults
      const passed = tests.filter(({ status }) => status === 'passed').length
      const failed = tests.filter(({ status }) => status === 'failed').length
      const brokenFile = file.status === 'failed' && failed === 0 ? 1 : 0
      const skipped = tests
        .filter(({ status }) => status !== 'passed' && status !== 'failed')
        .map(({ fullName, status, meta }) => ({
          title: fullName,
          reason: meta?.skipReason ?? (status === 'todo' ? 'not written yet' : NO_REASON),
        }))
      return { passed, failed: failed + brokenFile, skipped }
    }),
  )
}

/**
 * @typedef {{ status: string, annotations: { type: string, description?: string }[] }} PlaywrightTest
 * @typedef {{ title: string, tests: PlaywrightTest[] }} PlaywrightSpec
 * @typedef {{ title: string, specs?: PlaywrightSpec[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 */

/**
 * Reads Playwright's JSON report. Errors outside any test count as failures; so does a test that passed only when repeated.
 *
 * @param {{ suites: PlaywrightSuite[], errors: unknown[] }} report
 * @returns {Count}
 */
export function countPlaywright(report) {
  const outside = { passed: 0, failed: report.errors.length, skipped: [] }
  return addUp([outside, ...report.suites.map((suite) => countSuite(suite, ''))])
}

/**
 * @param {PlaywrightSuite} suite
 * @param {string} prefix
 * @returns {Count}
 */
function countSuite(suite, prefix) {
  const title = `${prefix}${suite.title} > `
  const specs = (suite.specs ?? []).flatMap((spec) =>
    spec.tests.map((test) => countPlaywrightTest(test, title + spec.title)),
  )
  return addUp([...specs, ...(suite.suites ?? []).map((inner) => countSuite(inner, title))])
}

/**
 * @param {PlaywrightTest} test
 * @param {string} title
 * @returns {Count}
 */
function countPlaywrightTest(test, title) {
  if (test.status === 'expected') return { passed: 1, failed: 0, skipped: [] }
  if (test.status !== 'skipped') return { passed: 0, failed: 1, skipped: [] }
  const asked = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')
  const reason = asked
    ? (asked.description ?? NO_REASON)
    : 'not run: an earlier test of its group failed'
  return { passed: 0, failed: 0, skipped: [{ title, reason }] }
}
