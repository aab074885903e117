import { spawnSync } from 'node:child_process'
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from '@playwright/test'

/** @typedef {{ channel?: string, executablePath?: string }} LaunchOptions */
/** @typedef {{ how: string, options: LaunchOptions }} Candidate */

const root = fileURLToPath(new URL('..', import.meta.url))
const note = join(root, 'node_modules', '.cache', 'e2e-browser.json')

const ownBuild = { how: 'Playwright build', options: { channel: 'chromium' } }

process.exitCode = await main()

async function main() {
  const { E2E_CHROMIUM: asked } = process.env
  if (asked) {
    const candidate = { how: 'E2E_CHROMIUM', options: { executablePath: asked } }
    if (await firstThatLaunches([candidate])) return 0
    console.error(
      'E2E_CHROMIUM does not name a Chromium that launches (a headless shell is not enough).',
    )
    return 1
  }
  if (await firstThatLaunches([...lastTime(), ownBuild, ...installed()])) return 0

  console.log('No Chromium found, downloading one ...')
  const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli')
  quietly(process.execPath, [playwright, 'install', '--no-shell', 'chromium'])
  if (await firstThatLaunches([ownBuild])) return 0

  if (process.platform === 'linux' && process.getuid?.() === 0) {
    console.log('Installing the chromium package ...')
    quietly('apt-get', ['update'])
    quietly('apt-get', [
      ...['-o', 'DPkg::Lock::Timeout=300'],
      ...['install', '-y', '--no-install-recommends', 'chromium'],
    ])
    if (await firstThatLaunches(installed())) return 0
  }
  console.error(
    'No Chromium. Run `npx playwright install chromium`, install Chrome or Chromium, or set E2E_CHROMIUM.',
  )
  return 1
}

/** Launching is the only proof that a browser works. @param {Candidate[]} candidates */
async function firstThatLaunches(candidates) {
  for (const { how, options } of candidates) {
    const version = await versionOf(options)
    if (version === undefined) continue
    mkdirSync(dirname(note), { recursive: true })
    writeFileSync(note, JSON.stringify({ how, version, options }))
    console.log(`Browser tests use Chromium ${version} (${how}).`)
    return true
  }
  return false
}

/** @param {LaunchOptions} options */
async function versionOf(options) {
  // The headless shell denies every handle to the user's own files, which the tests need.
  if (/headless[-_]shell/.test(basename(options.executablePath ?? ''))) return undefined
  try {
    const browser = await chromium.launch({ ...options, timeout: 30_000 })
    const version = browser.version()
    await browser.close()
    return version
  } catch {
    return undefined
  }
}

/** @returns {Candidate[]} */
function lastTime() {
  try {
    const { how, options } = JSON.parse(readFileSync(note, 'utf8'))
    return how === 'E2E_CHROMIUM' ? [] : [{ how, options }]
  } catch {
    return []
  }
}

/** @returns {Candidate[]} */
function installed() {
  const channels = ['chrome', 'msedge'].map((channel) => ({
    how: `installed ${channel}`,
    options: { channel },
  }))
  const { PATH = '' } = process.env
  const folders = PATH.split(delimiter)
  const programs = ['chromium', 'chromium-browser', 'google-chrome-stable']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .filter(isExecutable)
    .map((executablePath) => ({ how: 'system Chromium', options: { executablePath } }))
  return [...channels, ...programs]
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function quietly(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync(command, args, { stdio: 'ignore', timeout: 300_000, env })
}
