import { defineConfig } from '@playwright/test'
import { readLaunchOptions } from './scripts/launch-options.js'

const { CI, E2E_ON_DEMAND, E2E_FIREFOX } = process.env

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  snapshotPathTemplate: 'docs/states/{arg}{ext}',
  reporter: [['list'], ['json', { outputFile: '.reports/playwright.json' }]],
  // A test that passes only when repeated hides a fault in an upload library.
  retries: 0,
  // A test keeps two cores busy by itself: the browser, its page, and the servers.
  workers: '50%',
  fullyParallel: false,
  forbidOnly: Boolean(CI),
  ...(E2E_ON_DEMAND ? {} : { grepInvert: /@on-demand/ }),
  use: {
    trace: 'off',
    video: 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'chromium', use: { browserName: 'chromium', launchOptions: readLaunchOptions() } },
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
