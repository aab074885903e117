import { describe, expect, test } from 'vitest'
import { addUp, countPlaywright, countStep, countVitest, summaryLine } from './count-results.mjs'

const vitestTest = (status: string, meta = {}) => ({ fullName: `a ${status} test`, status, meta })
const vitestFile = (status: string, ...assertionResults: ReturnType<typeof vitestTest>[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults,
})

describe('a Vitest report', () => {
  test('counts each test once', () => {
    const report = {
      testResults: [
        vitestFile('failed', vitestTest('passed'), vitestTest('failed')),
        vitestFile('passed', vitestTest('passed')),
      ],
    }
    expect(countVitest(report)).toEqual({ passed: 2, failed: 1, skipped: [] })
  })

  test('counts a file that could not be loaded as a failure', () => {
    expect(countVitest({ testResults: [vitestFile('failed')] })).toMatchObject({ failed: 1 })
  })

  test('names skipped tests with their reason', () => {
    const report = {
      testResults: [
        vitestFile(
          'passed',
          vitestTest('skipped', { skipReason: 'no IPv6 on this machine' }),
          vitestTest('pending'),
          vitestTest('todo'),
        ),
      ],
    }
    expect(countVitest(report).skipped).toEqual([
      { title: 'a skipped test', reason: 'no IPv6 on this machine' },
      { title: 'a pending test', reason: 'no reason given' },
      { title: 'a todo test', reason: 'not written yet' },
    ])
  })
})

const playwrightSpec = (
  status: string,
  ...annotations: { type: string; description?: string }[]
) => ({
  title: `a test that is ${status}`,
  tests: [{ status, annotations }],
})

describe('a Playwright report', () => {
  test('counts the tests of nested groups', () => {
    const report = {
      errors: [],
      suites: [
        {
          title: 'upload.spec.ts',
          specs: [playwrightSpec('expected')],
          suites: [
            { title: 'pause', specs: [playwrightSpec('expected'), playwrightSpec('unexpected')] },
          ],
        },
      ],
    }
    expect(countPlaywright(report)).toEqual({ passed: 2, failed: 1, skipped: [] })
  })

  test('does not call a test passed that passed only when repeated', () => {
    const report = { errors: [], suites: [{ title: 'a', specs: [playwrightSpec('flaky')] }] }
    expect(countPlaywright(report)).toMatchObject({ passed: 0, failed: 1 })
  })

  test('counts errors outside the tests as failures', () => {
    expect(countPlaywright({ errors: [{ message: 'no tests' }], suites: [] })).toMatchObject({
      failed: 1,
    })
  })

  test('tells asked-for skips from tests that never came to run', () => {
    const specs = [
      playwrightSpec('skipped', { type: 'skip', description: 'Chromium only' }),
      playwrightSpec('skipped', { type: 'fixme' }),
      playwrightSpec('skipped'),
    ]
    expect(countPlaywright({ errors: [], suites: [{ title: 'a', specs }] }).skipped).toEqual([
      { title: 'a > a test that is skipped', reason: 'Chromium only' },
      { title: 'a > a test that is skipped', reason: 'no reason given' },
      {
        title: 'a > a test that is skipped',
        reason: 'not run: an earlier test of its group failed',
      },
    ])
  })
})

describe('a step', () => {
  const tests = { passed: 3, failed: 0, skipped: [] }

  test('that checks without tests counts one', () => {
    expect(countStep({ exitCode: 0 })).toMatchObject({ passed: 1, failed: 0 })
    expect(countStep({ exitCode: 2 })).toMatchObject({ passed: 0, failed: 1 })
  })

  test('that runs tests counts them', () => {
    expect(countStep({ exitCode: 0, tests })).toEqual(tests)
  })

  test('that fails beside its tests counts a failure more', () => {
    expect(countStep({ exitCode: 1, tests })).toMatchObject({ passed: 3, failed: 1 })
    expect(countStep({ exitCode: 1, tests: { ...tests, failed: 1 } })).toMatchObject({ failed: 1 })
  })

  test('that leaves no report counts one failure', () => {
    expect(countStep({ exitCode: 0, tests: 'no report' })).toMatchObject({ passed: 0, failed: 1 })
  })

  test('that runs no test at all has failed', () => {
    const skipped = [{ title: 'a', reason: 'b' }]
    expect(countStep({ exitCode: 0, tests: { passed: 0, failed: 0, skipped: [] } })).toMatchObject({
      failed: 1,
    })
    expect(countStep({ exitCode: 0, tests: { passed: 0, failed: 0, skipped } })).toEqual({
      passed: 0,
      failed: 1,
      skipped,
    })
  })
})

describe('the last line', () => {
  test('adds everything up', () => {
    const counts = [
      { passed: 1, failed: 0, skipped: [] },
      { passed: 20, failed: 2, skipped: [] },
    ]
    expect(summaryLine(addUp(counts))).toBe('21 passed, 2 failed')
  })

  test('does not hide skipped tests', () => {
    const skipped = [{ title: 'a', reason: 'b' }]
    expect(summaryLine({ passed: 1, failed: 0, skipped })).toBe('1 passed, 0 failed, 1 skipped')
  })
})
