import type { FaultSource, OssServer } from '../../demo/oss-server/server.js'
import { startOss } from './servers.js'

export interface HeldOss extends OssServer {
  /** Lets parts up to this number come in, and those that wait with them. */
  admit(partNumber: number): void
  /** Part numbers of a key that have come in, in their order; one that came twice is there twice. */
  partsOf(key: string): number[]
}

/**
 * A local OSS that takes all of a part and leaves it unanswered until it is admitted. Nothing in the browser slows down a
 * SharedWorker.
 */
export async function startHeldOss(admitted: number): Promise<HeldOss> {
  let last = admitted
  const waiting: { readonly partNumber: number; readonly goOn: () => void }[] = []
  const faults: FaultSource = {
    beforeCommit({ operation, query }) {
      const partNumber = Number(query.get('partNumber'))
      if (operation !== 'UploadPart' || partNumber <= last) return
      return new Promise<void>((goOn) => void waiting.push({ partNumber, goOn }))
    },
  }
  const oss = await startOss({ faults })

  function admit(partNumber: number): void {
    last = partNumber
    for (const held of waiting) if (held.partNumber <= last) held.goOn()
  }

  return {
    ...oss,
    admit,
    partsOf: (key) =>
      oss.requests
        .filter(({ operation, status }) => operation === 'UploadPart' && status === 200)
        .filter((request) => request.key === key)
        .map(({ query }) => Number(query['partNumber'])),
    async close() {
      // What waits would keep the server from closing.
      admit(Number.POSITIVE_INFINITY)
      await oss.close()
    },
  }
}
