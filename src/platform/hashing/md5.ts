import { OssNetworkError, OssProtocolError } from '../../errors.js'
import { type Algorithm, createDigest, type Digest, startHashWorker } from './hasher.js'

/** The line may be dead when a worker's script is asked for, and a worker may die: that is no policy. */
const MD5: Algorithm = { name: 'md5', isRefusedForGood: false, withoutWorker: refuse }

/**
 * MD5 is slower than a fast line, and is known before its part is sent: two workers take turns at it, on devices that have the
 * cores. It would block the page's own thread, so it asks for another worker, and is refused where none comes.
 *
 * @param createWorker - Starts the hash worker; for bundlers that cannot find its file by themselves.
 */
export function createMd5(createWorker: () => Worker = startHashWorker): Digest {
  const digests = [0, 1].map(() => createDigest(MD5, createWorker))
  return inTurn(navigator.hardwareConcurrency > 1 ? digests : digests.slice(1))
}

function inTurn(digests: readonly Digest[]): Digest {
  let turn = 0
  return (slice, signal) => {
    const digest = digests[turn++ % digests.length] as Digest
    return digest(slice, signal)
  }
}

async function refuse(_slice: Blob, _signal: AbortSignal, mayCome: boolean): Promise<string> {
  if (mayCome) {
    throw new OssNetworkError('The hash worker did not load, or has died.', {
      code: 'network',
      retryable: true,
    })
  }
  throw new OssProtocolError(
    'verify: "crc64+md5" needs the hash worker: allow it (worker-src), or pass createWorker.',
    { code: 'protocol', retryable: false },
  )
}
