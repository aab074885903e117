import { defineConfig } from '@playwright/test'
import { readLaunchOptions } from './scripts/launch-options.js'

const { CI, E2E_ON_DEMAND, E2E_FIREFOX } = process.env

/** What measures time or memory, turns a page's clock or kills browsers: beside others it would measure them. */
const ALONE = [
  '**/{pause,cancel,progress,line,hash-worker,resume-kill,background-lifetime,resume-large}.spec.ts',
  '**/picker/{ten-thousand,looks}.spec.ts',
  '**/faults/*.spec.ts',
]
const chromium = { browserName: 'chromium', launchOptions: readLaunchOptions() } as const

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  snapshotPathTemplate: 'docs/states/{arg}{ext}',
  reporter: [['list'], ['json', { outputFile: '.reports/playwright.json' }]],
  // A test that passes only when repeated hides a fault in an upload library.
  retries: 0,
  workers: 2,
  fullyParallel: false,
  forbidOnly: Boolean(CI),
  ...(E2E_ON_DEMAND ? {} : { grepInvert: /@on-demand/ }),
  use: {
    trace: 'off',
    video: 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'chromium', use: chromium, testIgnore: ALONE },
    { name: 'alone', use: chromium, testMatch: ALONE, workers: 1 },
    ...(E2E_FIREFOX
      ? [
          {
            name: 'firefox',
            use: {
              browserName: 'firefox' as const,
              channel: 'moz-firefox',
              launchOptions: { executablePath: E2E_FIREFOX },
            },
          },
        ]
      : []),
  ],
})
