import url from './hash-worker.ts?worker&url'

const POLICY_NAME = 'oss-direct-upload'

interface TrustedTypePolicyFactory {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => { createScriptURL: (url: string) => unknown }
}

let trusted: unknown

/** Starts the hash worker. @throws where the page's policy refuses it; then hashing stays on the page's own thread. */
export function startHashWorker(): Worker {
  // An empty URL would start the page itself as a worker.
  if (!url) throw new TypeError('The file of the hash worker is not beside this script.')
  return new Worker(workerUrl() as string, { type: 'module' })
}

/** A page may demand Trusted Types: then only a URL that a named policy has vouched for starts a worker. */
function workerUrl(): unknown {
  const factory = (globalThis as { trustedTypes?: TrustedTypePolicyFactory }).trustedTypes
  if (!factory) return url
  trusted ??= factory
    .createPolicy(POLICY_NAME, {
      createScriptURL: (asked) => {
        if (asked !== url)
          throw new TypeError('Only the hash worker of oss-direct-upload is allowed.')
        return asked
      },
    })
    .createScriptURL(url)
  return trusted
}
