import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { npmProgram } from './command-runner.mjs'

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockedPackage */
/** @typedef {{ packages: Record<string, LockedPackage> }} Lockfile */

/**
 * Installs what package-lock.json names, if it is not there already.
 *
 * @param {string} root
 * @param {ReturnType<typeof import('./command-runner.mjs').createCommandRunner>} commands
 * @returns {Promise<boolean>} false when the installation failed; npm has said why
 */
export async function ensureDependencies(root, commands) {
  const locked = readLockfile(join(root, 'package-lock.json'))
  const installed = readLockfile(join(root, 'node_modules', '.package-lock.json'))
  const isThere = (/** @type {string} */ path) => existsSync(join(root, path, 'package.json'))
  if (locked !== undefined && isInstalled(locked, installed, isThere)) return true

  console.log('Installing dependencies (npm ci) ...')
  // Neither NODE_ENV=production nor an omit setting may leave the tools out.
  const install = [...npmProgram(), 'ci', '--include=dev', '--include=optional', '--loglevel=error']
  const { exitCode } = await commands.run(install, { live: true })
  return exitCode === 0
}

/**
 * Whether node_modules holds what the lockfile asks for. `installed` is npm's own note of what it put there,
 * written last, so an interrupted installation has none.
 *
 * @param {Lockfile} locked
 * @param {Lockfile | undefined} installed
 * @param {(path: string) => boolean} isThere
 */
export function isInstalled(locked, installed, isThere) {
  if (installed === undefined) return false
  return Object.entries(locked.packages).every(([path, wanted]) => {
    const found = installed.packages[path]
    // Optional packages are mostly those of other platforms.
    if (path === '' || (found === undefined && wanted.optional)) return true
    return (
      found?.version === wanted.version && found?.integrity === wanted.integrity && isThere(path)
    )
  })
}

/**
 * @param {string} path
 * @returns {Lockfile | undefined}
 */
function readLockfile(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
