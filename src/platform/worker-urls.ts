import backgroundWorker from './background/background-worker.ts?worker&url'
import hashWorker from './hashing/hash-worker.ts?worker&url'

const POLICY_NAME = 'oss-direct-upload'
const URLS = {
  background: backgroundWorker,
  hash: hashWorker,
  /** Starts nothing, wherever it is passed. */
  none: 'http://[',
}

interface TrustedTypePolicy {
  createScriptURL: (url: string) => unknown
}

interface TrustedTypePolicyFactory {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => TrustedTypePolicy
}

let policy: TrustedTypePolicy | undefined

/**
 * The URL of one of our workers, as its constructor takes it: a page may demand Trusted Types, and then only a URL that a
 * named policy has vouched for starts a worker. A page allows a name once, so that both workers share one policy.
 *
 * @throws where the page's policy refuses it, or the file is not there.
 */
export function workerUrl(worker: keyof typeof URLS): string {
  const url = URLS[worker]
  // An empty URL would start the page itself as a worker.
  if (!url) throw new TypeError(`The file of the ${worker} worker is not beside this script.`)
  const factory = (globalThis as { trustedTypes?: TrustedTypePolicyFactory }).trustedTypes
  if (!factory) return url
  policy ??= factory.createPolicy(POLICY_NAME, {
    createScriptURL: (asked) => {
      if (Object.values(URLS).includes(asked)) return asked
      throw new TypeError('Only the workers of oss-direct-upload are allowed.')
    },
  })
  return policy.createScriptURL(url) as string
}
