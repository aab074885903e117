import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import type { TestCase } from 'vitest/node'
import { readLaunchOptions } from './scripts/launch-options.js'

/** The JSON report leaves out why a test skipped itself; its `meta` is let through. */
const skipReasons = {
  onTestCaseResult(test: TestCase) {
    const result = test.result()
    if (result.state === 'skipped' && result.note) {
      Object.assign(test.meta(), { skipReason: result.note })
    }
  },
}

export default defineConfig({
  test: {
    reporters: ['default', skipReasons, ['json', { outputFile: '.reports/vitest.json' }]],
    projects: [
      {
        resolve: { tsconfigPaths: true },
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{src,demo,scripts}/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
        },
      },
      {
        resolve: { tsconfigPaths: true },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: readLaunchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
