import { describe, expect, test } from 'vitest'
import { isInstalled } from './dependencies.mjs'

const locked = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/vite': { version: '8.0.0', integrity: 'sha512-a' },
    'node_modules/@esbuild/aix-ppc64': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  },
}
const vite = { 'node_modules/vite': { version: '8.0.0', integrity: 'sha512-a' } }
const everythingIsThere = () => true

describe('the installed dependencies', () => {
  test('are complete without the optional packages of other platforms', () => {
    expect(isInstalled(locked, { packages: vite }, everythingIsThere)).toBe(true)
  })

  test('are missing where npm never finished an installation', () => {
    expect(isInstalled(locked, undefined, everythingIsThere)).toBe(false)
  })

  test('are missing when a package was left out', () => {
    expect(isInstalled(locked, { packages: {} }, everythingIsThere)).toBe(false)
  })

  test('are missing when the lockfile moved on to another version', () => {
    const older = { 'node_modules/vite': { version: '7.0.0', integrity: 'sha512-old' } }
    expect(isInstalled(locked, { packages: older }, everythingIsThere)).toBe(false)
  })

  test('are missing when a noted package has gone from the disk', () => {
    expect(isInstalled(locked, { packages: vite }, () => false)).toBe(false)
  })
})
