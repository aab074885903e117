import type { Checkpoint } from '../checkpoint/checkpoint.js'
import type { Environment } from '../environment.js'
import { orAborted } from '../or-aborted.js'
import { type Line, planParts } from '../plan/part-plan.js'
import type { TabCommand } from '../tabs/messages.js'
import { abortUpload } from './abort-upload.js'
import { type Complete, completeUpload } from './complete-upload.js'
import type { EffectContext } from './effect-context.js'
import type { SharedEffect } from './effects.js'
import { discardCheckpoint, sampleFile } from './find-checkpoint.js'
import { type Identity, identity } from './identity.js'
import { createJournal } from './journal.js'
import { transition } from './machine/transition.js'
import { createPlaceInLine } from './place-in-line.js'
import { checkpointOf, prepare } from './prepare.js'
import { createProver } from './prove-parts.js'
import { type Report, reportOf } from './report.js'
import { uploadPart } from './send-part.js'
import { settleCompletion } from './settle-completion.js'
import { createSource, type SavedSource } from './source.js'
import type { UploadResult } from './upload-result.js'
import type { UploadState } from './upload-state.js'
import { withType } from './with-type.js'

type Own = 'environment' | 'client' | 'journal' | 'samples' | 'file'

export interface SharedUploadContext extends Omit<EffectContext, Own> {
  readonly file: Blob | undefined
  /** Bytes, where they do not go by the line. */
  readonly partSize: number | undefined
  readonly knownLine: () => Line
  /** Where the file can be had from later. */
  readonly savedSource?: SavedSource | undefined
  readonly state: () => UploadState
  /** What the upload has resolved to. */
  readonly result: () => UploadResult | undefined
  readonly onCommand: (command: TabCommand) => void
  /** It is known who holds the upload, and with which file this task would go on. */
  readonly onClaimed: (file: Blob | undefined) => void
  /** Whether there is a record to go on with after a reload is no longer as it was. */
  readonly onKept: () => void
  /** This tab holds the upload, and waits for its file. */
  readonly isWaiting: () => boolean
}

/**
 * The half of a task that one request does not take: its parts, its record, and the tabs that are at the same upload. Some
 * pages load it when it is first needed, and then whole, so that nothing is missing on a line that breaks.
 */
export function createSharedUpload(
  given: SharedUploadContext,
  environment: EffectContext['environment'] &
    Pick<Environment, 'locks' | 'openChannel' | 'isBackground'>,
  client: EffectContext['client'],
) {
  const { key, id, job, options, rank, dispatch } = given
  const source = createSource(given.file, given.savedSource, job.size)
  let sampled: Promise<readonly string[]> | undefined
  let completion = new AbortController()
  /** When the upload was initiated, by OSS's clock, as far as that is known. */
  let startedAt: number | undefined

  const journal = createJournal(environment, id, given.onKept)
  const line = createPlaceInLine({
    environment,
    id,
    key,
    async identity() {
      if (!source.file) return undefined
      return identity(job.size, await samples(), options)
    },
    begun: given.saved && identityOf(given.saved),
    report,
    onCommand: given.onCommand,
    onClaimed: () => given.onClaimed(source.file),
    findNeeds: source.findNeeds,
    hasFile: () => source.file !== undefined,
    isWaiting: given.isWaiting,
    dispatch,
  })
  const context: EffectContext = {
    ...given,
    environment,
    client,
    get file() {
      // Nothing that reads the file is ordered before there is one.
      return source.file as Blob
    },
    journal,
    samples,
  }
  const prove = createProver(context)

  /** A pause does not stop it: what is begun is to be on record. */
  function samples(): Promise<readonly string[]> {
    sampled ??= sampleFile(source.file as Blob, environment).catch((error) => {
      // Another try is another reading.
      sampled = undefined
      throw error
    })
    return sampled
  }

  async function readSaved(): Promise<void> {
    const isRead = await source.readSaved()
    dispatch(isRead ? { type: 'fileGiven' } : { type: 'fileRefused' })
  }

  function report(): Report {
    return reportOf(
      given.state(),
      environment.isBackground ? 'background' : 'other-tab',
      given.result(),
    )
  }

  async function initiate(signal: AbortSignal): Promise<void> {
    const before = client.now()
    const uploadId = await client.initiate(key, withType(options, context.file), { rank, signal })
    // The request may have put the clock right; since, the device's may have jumped ahead. Never later than it was.
    startedAt = Math.min(before, client.now())
    const plan = planParts(job.size, given, given.knownLine())
    dispatch({ type: 'initiated', uploadId, plan })
  }

  async function complete(effect: Complete, signal: AbortSignal): Promise<void> {
    completion = new AbortController()
    const early = AbortSignal.any([signal, completion.signal])
    await prove.parts(effect.plan, effect.unproven, early)
    await prove.whole(effect.parts, early)
    dispatch(await completeUpload(context, effect, signal, early))
  }

  async function perform(effect: SharedEffect, signal: AbortSignal): Promise<void> {
    switch (effect.type) {
      case 'claim':
        return line.claim()
      case 'joinLine':
        return line.join(signal)
      case 'tellHolder':
        return line.tell(effect.command)
      case 'findCheckpoint':
        startedAt = await prepare(context, signal)
        return
      case 'proveParts':
        return prove.parts(effect.plan, effect.parts, signal)
      case 'saveCheckpoint':
        return journal.begin(() => checkpointOf(context, effect, startedAt), copyOf(context))
      case 'savePart':
        return journal.add(effect.part)
      case 'removeCheckpoint':
        return journal.remove()
      case 'discardCheckpoint':
        return discardCheckpoint(context)
      case 'saveEnd':
        return journal.end(endOf(context, effect.result))
      case 'initiateUpload':
        return initiate(signal)
      case 'uploadPart':
        // What OSS has and no record knows of is lost with the page.
        await orAborted(journal.recorded(), signal)
        return dispatch({ type: 'partUploaded', part: await uploadPart(context, effect, signal) })
      case 'completeUpload':
        return complete(effect, signal)
      case 'takeBackComplete':
        return completion.abort()
      case 'settleCompletion':
        return dispatch({
          type: 'completed',
          result: await settleCompletion(context, { ...effect, startedAt }, signal),
        })
      case 'abortUpload':
        return abortUpload(context, key, effect.uploadId)
      case 'abortUnlessKept':
        return journal.isKept() ? undefined : abortUpload(context, key, effect.uploadId)
    }
  }

  return {
    transition,
    perform,
    isKept: journal.isKept,
    /** As far as it is at hand by now. */
    get file() {
      return source.file
    },
    /** Writes what is pending: nothing more comes for now. */
    flush: journal.flush,
    /** To be called with every change. */
    changed: line.changed,
    /** Goes on with the user's file, or the one that is kept. @throws OssFileError when it is of another size. */
    resume(file: Blob | undefined): void {
      if (!file) return void readSaved()
      source.give(file)
      sampled = undefined
      given.onClaimed(file)
      dispatch({ type: 'fileGiven' })
    },
    /** The task has ended. @param settled - Resolves when nothing of it is under way any more. */
    async leave(settled: Promise<void>): Promise<void> {
      const heard = line.end()
      await settled
      await journal.settled()
      const isHeard = await heard
      // Someone knows how it ended: that need not be on record.
      if (isHeard && given.result() && job.isBackground) await journal.remove()
      line.release()
    },
  }
}

export type SharedUpload = ReturnType<typeof createSharedUpload>

function identityOf({ fingerprint: { size, samples }, options }: Checkpoint): Identity {
  return identity(size, samples, options)
}

function copyOf({ file, job }: EffectContext): Blob | undefined {
  return job.size <= job.keepCopyUpTo ? file : undefined
}

function endOf({ id, key, name, environment: { clock } }: EffectContext, result: UploadResult) {
  return { id, key, name, endedAt: clock.now(), result }
}
