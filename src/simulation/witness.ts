import type { TransportReply } from '../environment.js'
import type { FaultName } from './faults.js'
import { SECRETS } from './issuer.js'
import type { Life } from './life.js'
import { type Asked, nameOf } from './operation.js'
import { simulated } from './simulated-file.js'
import type { StrictOss, Version } from './strict-oss.js'
import type { StoreTrouble, Trouble } from './trouble.js'

export interface WitnessContext {
  readonly oss: StrictOss
  readonly trouble: Trouble
  readonly log: (text: () => string) => void
  readonly now: () => number
}

/** What a client knows of an upload it began. */
interface Begun {
  readonly life: Life
  readonly key: string
}

/** Faults after which OSS's answer is still as good as heard. */
const HARMLESS = new Set<FaultName>(['CRC hidden'])

/** Faults of a HeadObject after which nobody can say whose the object is. */
const BLINDING = new Set<FaultName>(['403 AccessDenied', 'CRC hidden'])

/** Watches requests, answers and what is stored, and says what must not have happened. */
export function createWitness({ trouble, log, now }: WitnessContext) {
  const problems: string[] = []
  /** Faults, and how often each was met. */
  const met = new Map<string, number>()
  const inFlight = new Map<Life, number>()
  const acknowledged = new Map<Life, Set<string>>()
  /** What a part was made of when it left for the first time: that was hashed, whatever is sent when it is sent again. */
  const firstSent = new Map<string, string>()
  /** Uploads whose ID some client has heard. */
  const begun = new Map<string, Begun>()
  /** Uploads of which an abort was asked for, and did not reach OSS. */
  const notAborted = new Set<string>()
  /** Keys whose object some client could not look at. */
  const unseen = new Set<string>()
  const completed = new Map<string, number>()
  /** Uploads that ended well, by key. */
  const stored = new Map<string, Version[]>()
  /** Tasks of each key. */
  const tasks = new Map<string, number>()
  let storeTroubles = 0

  function problem(text: string): void {
    log(() => `PROBLEM: ${text}`)
    problems.push(text)
  }

  function countMet(name: string): void {
    met.set(name, (met.get(name) ?? 0) + 1)
  }

  function checkNotAcknowledged(life: Life, asked: Asked): void {
    // Without locks two tasks that know nothing of each other may be at one upload.
    if (!trouble.hasLocks && (tasks.get(asked.key) ?? 0) > 1) return
    const known = acknowledged.get(life)
    if (known?.has(partOf(asked))) {
      problem(`${life.name} sends ${nameOf(asked)} again, which was acknowledged.`)
    }
  }

  return {
    problems,
    met: countMet,
    metByName: met,
    begun,
    notAborted,
    unseen,
    began: (key: string) => void tasks.set(key, (tasks.get(key) ?? 0) + 1),
    stored(version: Version): void {
      const { uploadId, key } = version
      log(() => `  stored: ${key} of ${version.pieces.map(({ content }) => content)}`)
      stored.set(key, [...(stored.get(key) ?? []), version])
      if (!uploadId) return
      const times = (completed.get(uploadId) ?? 0) + 1
      completed.set(uploadId, times)
      if (times > 1) problem(`${uploadId} was completed ${times} times.`)
    },
    /** How many multipart uploads of a key took effect, and arrived as they were sent. */
    completions: (key: string) =>
      (stored.get(key) ?? []).filter(({ uploadId, pieces }) => uploadId && pieces.every(isWhole))
        .length,
    problem,
    metFault(name: FaultName | 'offline', asked: Asked): void {
      countMet(name)
      if (asked.operation === 'Abort') notAborted.add(asked.uploadId)
    },
    metStoreTrouble(kind: StoreTrouble): void {
      storeTroubles++
      countMet(`store ${kind}`)
    },
    hadStoreTrouble: () => storeTroubles > 0,
    sent(life: Life, asked: Asked, parallel: number): void {
      const { url, headers } = asked.request
      const count = (inFlight.get(life) ?? 0) + 1
      inFlight.set(life, count)
      if (count > parallel) problem(`${life.name} has ${count} of ${parallel} requests in flight.`)
      if (SECRETS.test(url)) problem(`A secret is in the URL of ${nameOf(asked)}.`)
      if (/SECRET-/.test(JSON.stringify(headers))) problem('The secret key is sent.')
      if (asked.operation !== 'UploadPart') return
      const name = `${life.name} ${nameOf(asked)}`
      if (!firstSent.has(name)) firstSent.set(name, partOf(asked))
      checkNotAcknowledged(life, asked)
    },
    ended(life: Life): void {
      inFlight.set(life, (inFlight.get(life) ?? 0) - 1)
    },
    delivered(life: Life, asked: Asked, reply: TransportReply, fault: FaultName | undefined): void {
      log(() => `${life.name} hears ${reply.status} of ${nameOf(asked)}`)
      if (asked.operation === 'Abort' && reply.status === 403) notAborted.add(asked.uploadId)
      if (asked.operation === 'HeadObject' && fault && BLINDING.has(fault)) unseen.add(asked.key)
      // Then the record alone says what is acknowledged.
      if (asked.operation === 'ListParts' && reply.status === 403) acknowledged.delete(life)
      if (reply.status !== 200 || (fault && !HARMLESS.has(fault))) return
      if (asked.operation === 'Initiate') {
        const id = /<UploadId>(\w+)</.exec(reply.body)?.[1]
        if (id) begun.set(id, { life, key: asked.key })
      }
      if (asked.operation !== 'UploadPart' || trouble.hashMs > 0) return
      // The file was written to meanwhile: what was hashed may not be what was sent.
      if (firstSent.get(`${life.name} ${nameOf(asked)}`) !== partOf(asked)) return
      const known = acknowledged.get(life) ?? new Set()
      acknowledged.set(life, known.add(partOf(asked)))
    },
    now,
  }
}

function isWhole({ content }: Version['pieces'][number]): boolean {
  return !content.endsWith('!')
}

export type Witness = ReturnType<typeof createWitness>

/** A part and what it is made of: other bytes of the same number are another part. */
function partOf({ uploadId, partNumber, request: { body } }: Asked): string {
  const content = typeof body === 'object' ? simulated(body).piece.content : ''
  return `${uploadId} ${partNumber} ${content}`
}
