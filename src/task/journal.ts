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
 * the 10,000th part costs what the first did. Only whoever holds the upload writes. A store that fails is given up, never the
 * upload.
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

  function flush(): void {
    cancelTimer?.()
    cancelTimer = undefined
    const parts = pending
    pending = []
    if (parts.length === 0) return
    const batch = nextBatch++
    void write(async () => {
      if (isKept) await checkpoints.addParts(id, batch, parts)
    })
  }

  function replace(record: () => Promise<void>): Promise<void> {
    current.abort()
    current = new AbortController()
    pending = []
    flush()
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
      nextBatch = 0
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
