import { type Checkpoint, readCheckpoint } from './checkpoint/checkpoint.js'
import { type EndedUpload, readEnded } from './checkpoint/ended.js'
import { readParts } from './checkpoint/reconcile.js'
import type { MultipartClient } from './client/multipart-client.js'
import type { Environment, LetGo, StoredCheckpoint } from './environment.js'
import { OssStorageError } from './errors.js'
import { type ReadableFileHandle, savedSource } from './saved-source.js'
import { askHolder, tellHolder } from './tabs/mirror.js'
import { discardCheckpoint, warnOfDamage } from './task/find-checkpoint.js'
import { lockName } from './task/journal.js'
import type { Report } from './task/report.js'
import type { SavedSource } from './task/source.js'
import type { UploadResult } from './task/upload-result.js'
import type { UploadTask } from './task/upload-task.js'
import type { UploadOptions } from './uploader-options.js'

/** An unfinished upload of an earlier visit, or one that another tab is at. */
export interface SavedUpload {
  /** Where the object goes, in full. */
  readonly id: string
  /** The object's key. */
  readonly key: string
  /** The file's name; empty for a Blob. */
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
  /** Bytes known to be acknowledged; OSS may have more. Equals `size` when it was finished while no page was open. */
  readonly loaded: number
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number
  /** Whether `resume` wants the file again. */
  readonly needsFile: boolean
  /** Where the file comes from without asking for it: `worker` is the one that outlives the page. */
  readonly source: 'handle' | 'worker' | 'copy' | 'none'
  /** Who is at it now; absent when nobody is. `resume` then shows and steers it. */
  readonly runsIn?: 'other-tab' | 'background' | undefined
  /**
   * Goes on where it was. With a file handle on record, call it from a click: the browser may ask for permission.
   *
   * @param file - The same file; another one is refused with `different-file`, and nothing is sent.
   * @throws OssFileError when the file is needed and not given, or the user does not allow to read it.
   */
  readonly resume: (file?: Blob) => Promise<UploadTask>
  /**
   * Forgets it, and aborts it on OSS as far as the credentials allow.
   *
   * @throws OssStorageError when it has been taken up since it was listed, or the database fails; OssUploadError when OSS cannot
   * be reached: it stays.
   */
  readonly discard: () => Promise<void>
}

/** An upload to begin, or to go on with. */
export interface Start {
  /** Absent while another tab has it. */
  readonly file: Blob | undefined
  /** Bytes. */
  readonly size: number
  /** The file's name; empty for a Blob. */
  readonly name: string
  readonly options: UploadOptions
  /** A file of another upload is refused; otherwise its record gives way. */
  readonly mustResume: boolean
  readonly savedSource?: SavedSource | undefined
  /** The record it goes on with. */
  readonly saved?: Checkpoint | undefined
  /** Takes it out of the line, without a word, as long as another one holds it. */
  readonly withdrawal?: AbortSignal | undefined
  /** It has ended: nothing is begun. */
  readonly result?: UploadResult | undefined
}

export interface SavedUploadsContext {
  readonly environment: Environment
  readonly client: MultipartClient
  /** What the ids of this bucket begin with. */
  readonly place: string
  readonly expireAfterMs: number
  /** What this uploader's own tasks are at. */
  readonly underWay: () => ReadonlySet<string>
  readonly start: (start: Start) => UploadTask
}

/** Who is at an upload, and what it says. */
interface Holder {
  readonly report: Report | undefined
}

/** What earlier visits and other tabs have on record. */
export function createSavedUploads(context: SavedUploadsContext) {
  const { environment, place, expireAfterMs, underWay } = context
  const { checkpoints, clock } = environment

  async function all(prefix: string): Promise<SavedUpload[]> {
    const stored = await checkpoints.list()
    const own = underWay()
    const others = stored.filter(({ id }) => id.startsWith(place + prefix) && !own.has(id))
    const uploads = await Promise.all(others.map(read))
    return uploads
      .filter((upload) => upload !== undefined)
      .sort((one, other) => one.startedAt - other.startedAt)
  }

  async function read(stored: StoredCheckpoint): Promise<SavedUpload | undefined> {
    const holder = await holderOf(environment, stored.id)
    const checkpoint = readCheckpoint(stored.record)
    if (checkpoint) return unfinished(context, stored, checkpoint, holder)
    const ended = readEnded(stored.record)
    if (ended) return finished(context, ended)
    if (holder) return undefined
    warnOfDamage(stored.id)
    await checkpoints.remove(stored.id).catch(() => {})
    return undefined
  }

  function isExpired({ startedAt, runsIn }: SavedUpload): boolean {
    return !runsIn && clock.now() - startedAt > expireAfterMs
  }

  /** One after the other, lest they keep others waiting. What cannot be aborted now is tried again the next time. */
  async function drop(expired: readonly SavedUpload[]): Promise<void> {
    for (const upload of expired) await upload.discard().catch(() => {})
  }

  return {
    async cleanup(): Promise<number> {
      const expired = (await all('')).filter(isExpired)
      await drop(expired)
      return expired.length
    },
    /** Those that have expired are dropped on the way; nobody waits for that. */
    async resumable({ prefix = '' }: { readonly prefix?: string } = {}): Promise<SavedUpload[]> {
      const uploads = await all(prefix)
      void drop(uploads.filter(isExpired))
      return uploads.filter((upload) => !isExpired(upload))
    },
  }
}

export type SavedUploads = ReturnType<typeof createSavedUploads>

async function holderOf(environment: Environment, id: string): Promise<Holder | undefined> {
  const name = lockName(id)
  const isHeld = await environment.locks.isHeld(name).catch(() => undefined)
  if (isHeld === false) return undefined
  const report = await askHolder<Report>(environment, name)
  // Without locks only an answer tells.
  return isHeld || report ? { report } : undefined
}

function unfinished(
  { environment, client, start }: SavedUploadsContext,
  stored: StoredCheckpoint,
  checkpoint: Checkpoint,
  holder: Holder | undefined,
): SavedUpload {
  const { id, key, name, startedAt, fingerprint, options } = checkpoint
  const handle = checkpoint.handle as ReadableFileHandle | undefined
  const { kind, source } = savedSource(handle, stored.copy)
  const runsIn = holder && (holder.report?.runsIn === 'background' ? 'background' : 'other-tab')
  const recorded = readParts(stored.parts).reduce((sum, { size }) => sum + size, 0)

  async function resume(file?: Blob): Promise<UploadTask> {
    // A mirror needs no file before its turn comes.
    const known = file ?? (holder ? undefined : await source.read())
    return start({
      file: known,
      size: known?.size ?? fingerprint.size,
      name,
      options: { ...options, key, ...(handle ? { handle } : {}) },
      mustResume: true,
      saved: checkpoint,
      savedSource: kind === 'none' ? undefined : source,
    })
  }

  return {
    id,
    key,
    name,
    size: fingerprint.size,
    loaded: Math.max(Math.min(recorded, fingerprint.size), holder?.report?.loaded ?? 0),
    startedAt,
    needsFile: !holder && kind === 'none',
    source: runsIn === 'background' ? 'worker' : kind,
    runsIn,
    resume,
    async discard() {
      const name = lockName(id)
      // Someone may have taken it up since it was listed.
      const isRunning = !holder && (await holderOf(environment, id)) !== undefined
      const letGo = holder
        ? await cancelElsewhere(environment, name)
        : await environment.locks.tryHold(name)
      if (!letGo) throw running(key)
      try {
        if (isRunning) throw running(key)
        // Behind ten thousand files it would wait for the last.
        await discardCheckpoint({ environment, client, id, rank: 0 }, checkpoint)
      } finally {
        letGo()
      }
    },
  }
}

function running(key: string): OssStorageError {
  return new OssStorageError(
    `The upload to "${key}" goes on in this page or another: cancel it there, or look at resumable() again.`,
    { code: 'storage', retryable: true },
  )
}

/** Has the tab that is at it cancel it, and takes its place; one that does not answer is not waited for. */
async function cancelElsewhere(
  { locks, openChannel, clock }: Environment,
  name: string,
): Promise<LetGo | undefined> {
  const waiting = new AbortController()
  const cancelTimer = clock.after(CANCEL_WITHIN_MS, () => waiting.abort())
  tellHolder(openChannel, name, 'cancel')
  const letGo = await locks.hold(name, waiting.signal).catch(() => undefined)
  cancelTimer()
  return letGo
}

const CANCEL_WITHIN_MS = 5000

/** It ended while no page was open: there is nothing left to do but to hear of it. */
function finished({ environment, start }: SavedUploadsContext, ended: EndedUpload): SavedUpload {
  const { id, key, name, endedAt } = ended
  // Sealed as it was written.
  const result = ended.result as UploadResult
  const forget = () => environment.checkpoints.remove(id).catch(() => {})
  return {
    id,
    key,
    name,
    size: result.size,
    loaded: result.size,
    startedAt: endedAt,
    needsFile: false,
    source: 'none',
    async resume() {
      await forget()
      const { size } = result
      return start({ file: undefined, size, name, options: { key }, mustResume: false, result })
    },
    discard: forget,
  }
}
