import { updateCrc64 } from '../protocol/crc64.js'

/** How an upload ended while no page was there to hear it. It stands in the place of its checkpoint. */
export interface EndedUpload {
  readonly version: 1
  /** Where the object went, in full. */
  readonly id: string
  readonly key: string
  /** The file's name, where it had one. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly endedAt: number
  /** What the upload resolved to. */
  readonly result: object
  readonly checksum: string
}

export function sealEnded(content: Omit<EndedUpload, 'version' | 'checksum'>): EndedUpload {
  const record = { version: 1 as const, ...content }
  return { ...record, checksum: checksumOf(record) }
}

/** @returns `undefined` for any other record. */
export function readEnded(record: unknown): EndedUpload | undefined {
  const ended = record as EndedUpload | undefined
  if (typeof ended?.result !== 'object' || ended.result === null) return undefined
  return ended.version === 1 && ended.checksum === checksumOf(ended) ? ended : undefined
}

function checksumOf({ version, id, key, name, endedAt, result }: Omit<EndedUpload, 'checksum'>) {
  const text = JSON.stringify([version, id, key, name, endedAt, result])
  return String(updateCrc64(0n, new TextEncoder().encode(text)))
}
