import { sealCheckpoint } from '../checkpoint/checkpoint.js'
import { sealEnded } from '../checkpoint/ended.js'
import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import type { Environment } from '../environment.js'
import { orAborted } from '../or-aborted.js'

const FLUSH_PARTS = 20
const FLUSH_MS = 250

/** The Web Lock of whoever is at an upload. */
export function lockName(id: string): string {
  return `oss-direct-upload:${id}`
}

type JournalEnvironment = Pick<Environment, 'checkpoints' | 'clock'>

/**
 * Writes down what outlives the page: the record when the upload begins, then parts in batches, each batch on its own, so that
 * the 10,000th part costs what the first did. Only whoever holds the upload writes. No upload fails for a store that does: parts
 * it did not take go with the next.
 *
 * @param onKept - Told whether there is a record to go on with after a reload.
 */
export function createJournal(
  { checkpoints, clock }: JournalEnvironment,
  id: string,
  onKept: (isKept: boolean) => void,
) {
  /** Ends with every removal: what was begun before it is not written any more. */
  let current = new AbortController()
  let isKept = false
  let pending: AcknowledgedPart[] = []
  /** What the store did not take, or too late to be heard. */
  let refused: readonly AcknowledgedPart[] = []
  /** Batches that are being written, or wait for their turn. */
  let queued = 0
  let nextBatch = 0
  let cancelTimer: (() => void) | undefined
  let writes: Promise<void> = Promise.resolve()
  let recorded: Promise<void> = Promise.resolve()

  /** One after the other: a batch must not overtake the record it belongs to. */
  function write(action: () => Promise<void>): Promise<void> {
    writes = writes.then(action).catch(() => tell(false))
    return writes
  }

  function tell(isKeptNow: boolean): void {
    if (isKept === isKeptNow) return
    isKept = isKeptNow
    onKept(isKept)
  }

  function takePending(): readonly AcknowledgedPart[] {
    cancelTimer?.()
    cancelTimer = undefined
    const parts = pending
    pending = []
    return parts
  }

  function flush(): void {
    const parts = takePending()
    // What is being written may yet be refused.
    if (parts.length + refused.length + queued === 0) return
    const { signal } = current
    queued++
    void write(async () => {
      if (!signal.aborted) await writeParts(parts)
      queued--
    })
  }

  async function writeParts(parts: readonly AcknowledgedPart[]): Promise<void> {
    // A store that hangs is asked once for all that has come meanwhile, or nothing would ever end.
    const isLeftToNext = refused.length > 0 && queued > 1
    const batch = [...refused, ...parts]
    refused = isLeftToNext ? batch : []
    if (isLeftToNext || !isKept || batch.length === 0) return
    try {
      // Never under a name that was used: who was too slow may yet write, and there twice is as good as once.
      tell(await checkpoints.addParts(id, nextBatch++, batch))
    } catch {
      refused = batch
    }
  }

  function replace(record: () => Promise<void>): Promise<void> {
    current.abort()
    current = new AbortController()
    takePending()
    return write(async () => {
      await record()
      tell(false)
    })
  }

  async function record(
    read: () => Promise<Parameters<typeof sealCheckpoint>[0]>,
    copy: Blob | undefined,
  ): Promise<void> {
    const { signal } = current
    const content = await orAborted(read(), signal).catch(() => undefined)
    if (!content) return
    return write(async () => {
      if (signal.aborted) return
      await checkpoints.save(id, sealCheckpoint(content))
      refused = []
      tell(true)
      if (copy) void checkpoints.saveCopy(id, copy).catch(() => {})
    })
  }

  return {
    /** @param copy - The file, to be kept beside the record where there is room. */
    begin(read: () => Promise<Parameters<typeof sealCheckpoint>[0]>, copy?: Blob): Promise<void> {
      recorded = record(read, copy)
      return recorded
    },
    /** Resolves when the record is written, or is not going to be. */
    recorded: () => recorded,
    /** Goes on with a record of an earlier visit; what it has stays, and ours comes after it. */
    takeUp(): void {
      nextBatch = clock.now()
      tell(true)
    },
    add(part: AcknowledgedPart): void {
      pending.push(part)
      if (pending.length >= FLUSH_PARTS) flush()
      else cancelTimer ??= clock.after(FLUSH_MS, flush)
    },
    /** Writes what is pending: nothing more comes for now. */
    flush,
    isKept: () => isKept,
    remove: () => replace(() => checkpoints.remove(id)),
    /** How it ended takes the record's place. */
    end: (content: Parameters<typeof sealEnded>[0]) =>
      replace(() => checkpoints.save(id, sealEnded(content))),
    /** Resolves when all is written. */
    settled(): Promise<void> {
      flush()
      return writes
    },
  }
}

export type Journal = ReturnType<typeof createJournal>
