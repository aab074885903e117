import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** On disk, because what a private window calls a stored copy of a file is a reference to it in Chromium. */
const profile = join(tmpdir(), `oss-browser-tests-${process.pid}`)
process.once('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }))

export default defineConfig({
  test: {
    reporters: ['default', skipReasons, ['json', { outputFile: '.reports/vitest.json' }]],
    projects: [
      {
        resolve: { tsconfigPaths: true },
        test: {
          name: 'unit',
          environment: 'node',
          // No test leaves anything behind for the next file, and modules are loaded once instead of a hundred times.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          // Only what hangs ends by this: a busy machine is slow.
          testTimeout: 30_000,
          include: ['{src,demo,bench,scripts}/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
        },
      },
      {
        resolve: { tsconfigPaths: true },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.ts'],
          sequence: { groupOrder: 1 },
          // One after the other: a profile is one browser's.
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: readLaunchOptions(),
              persistentContext: profile,
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
