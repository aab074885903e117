import { npmProgram, programOf } from './command-runner.mjs'
import { countPlaywright, countVitest } from './count-results.mjs'

/**
 * @typedef {object} TestStep
 * @property {string} name
 * @property {string[]} argv
 * @property {string[]} [needs] steps without whose success this one makes no sense
 * @property {{ file: string, count: (text: string) => import('./count-results.mjs').Count }} [report] where a test runner writes what it ran
 */

const MINUTE_MS = 60_000

/** A step that takes longer hangs: the slowest needs a third of it on two cores, and twice as long where others use them too. */
export const STEP_LIMIT_MS = 30 * MINUTE_MS

/**
 * Everything `npm test` runs, in this order.
 *
 * @param {string} root
 * @returns {TestStep[]}
 */
export function testSteps(root) {
  /** @param {string} packageName @param {string} line */
  const tool = (packageName, line) => {
    const [program = '', ...args] = line.split(' ')
    return [...programOf(root, packageName, program), ...args]
  }
  const compiler = (/** @type {string} */ line) => tool('typescript', `tsc ${line}`)

  return [
    { name: 'lint', argv: tool('@biomejs/biome', 'biome ci .') },
    { name: 'types', argv: compiler('--noEmit') },
    { name: 'build-types', argv: compiler('-p tsconfig.build.json --noEmit') },
    {
      name: 'rooms',
      argv: tool(
        'dependency-cruiser',
        'depcruise src demo e2e bench scripts examples --config .dependency-cruiser.cjs',
      ),
    },
    { name: 'browser', argv: [process.execPath, 'scripts/ensure-browser.mjs'] },
    {
      name: 'unit',
      argv: tool('vitest', 'vitest run --allowOnly=false'),
      needs: ['browser'],
      report: { file: '.reports/vitest.json', count: (text) => countVitest(JSON.parse(text)) },
    },
    { name: 'build', argv: [...npmProgram(), 'run', 'build'] },
    { name: 'size', argv: tool('size-limit', 'size-limit'), needs: ['build'] },
    { name: 'publint', argv: tool('publint', 'publint --strict'), needs: ['build'] },
    {
      name: 'attw',
      argv: tool('@arethetypeswrong/cli', 'attw --pack . --profile esm-only'),
      needs: ['build'],
    },
    { name: 'knip', argv: tool('knip', 'knip') },
    {
      name: 'docs',
      argv: tool(
        'typedoc',
        'typedoc --tsconfig tsconfig.build.json --emit none --readme none --validation.notDocumented --treatWarningsAsErrors --excludeInternal --intentionallyNotExported en --disableSources src/index.ts src/picker/oss-upload-picker.ts',
      ),
    },
    { name: 'demo', argv: tool('vite', 'vite build --mode demo') },
    // Two at a time; then one by one what cannot bear another beside it.
    ...['chromium', 'alone'].map((project) => ({
      name: project === 'alone' ? 'e2e-alone' : 'e2e',
      argv: tool('@playwright/test', `playwright test --forbid-only --project=${project}`),
      needs: ['browser', 'demo'],
      report: {
        file: '.reports/playwright.json',
        /** @param {string} text */
        count: (text) => countPlaywright(JSON.parse(text)),
      },
    })),
  ]
}
