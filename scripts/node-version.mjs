import { readFileSync } from 'node:fs'

/**
 * Why this Node cannot run the project, or undefined when it can.
 *
 * @param {string} version such as `v20.19.0`
 * @param {string} range the `engines.node` of package.json, of the form `>=20.19`
 * @returns {string | undefined}
 */
export function whyNodeIsTooOld(version, range) {
  const [major = 0, minor = 0] = numbers(version)
  const [leastMajor = 0, leastMinor = 0] = numbers(range)
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined
  return `This project needs Node ${leastMajor}.${leastMinor} or newer; this is ${version}. Get it from https://nodejs.org/.`
}

/** @param {string} text */
function numbers(text) {
  return (text.match(/\d+/g) ?? []).map(Number)
}

/** Ends the process with one sentence on an old Node. To be called before anything newer is imported. */
export function refuseOldNode() {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const reason = whyNodeIsTooOld(process.version, engines.node)
  if (reason === undefined) return
  console.error(reason)
  process.exit(1)
}
