import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import { OssFileError } from '../errors.js'
import { orAborted } from '../or-aborted.js'
import { type PartPlan, partRange } from '../plan/part-plan.js'
import type { EffectContext } from './effect-context.js'
import { assertReadable, changedFile, exactSlice } from './file-reading.js'
import { differentFile, isMadeOf } from './find-checkpoint.js'
import { objectCrc64 } from './object-crc64.js'

/** Proves that OSS has what the file has: by parts while others are sent, and whole before the object is made. */
export function createProver(context: EffectContext) {
  const proven = new Set<number>()
  /** What comes before Complete finds what was begun while parts were sent, and does not do it a second time. */
  let last: Promise<unknown> = Promise.resolve()
  /** CRC-64 of the file as it was last read whole. */
  let whole: bigint | undefined

  async function proveEach(
    plan: PartPlan,
    parts: readonly AcknowledgedPart[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const part of parts) {
      signal.throwIfAborted()
      if (proven.has(part.partNumber)) continue
      if (!(await isOfFile(context, plan, part, signal))) throw differentFile('has other bytes')
      proven.add(part.partNumber)
    }
  }

  async function readWhole(signal: AbortSignal): Promise<bigint> {
    const { environment, file } = context
    try {
      return await environment.hasher.crc64(file, signal)
    } catch (error) {
      if (!(error instanceof OssFileError)) throw error
      await orAborted(assertReadable(file), signal)
      // Readable, but more of it than was sent, or less.
      throw changedFile(error)
    }
  }

  return {
    /**
     * Compares parts that OSS has of an earlier visit with the file, each once, one after the other: a file that was edited where
     * no sample looked must not become half of an object.
     */
    parts(plan: PartPlan, parts: readonly AcknowledgedPart[], signal: AbortSignal): Promise<void> {
      const mine = last.then(() => proveEach(plan, parts, signal))
      last = mine.catch(() => {})
      return orAborted(mine, signal)
    },

    /**
     * Where the browser does not tell, the file is read once more when all of it is sent: what it has now must be what its parts have
     * together, or some were read before somebody wrote to it, and some after.
     *
     * @throws OssFileError (`file-changed`, `file-unreadable`), or the signal's reason.
     */
    async whole(parts: readonly AcknowledgedPart[], signal: AbortSignal): Promise<void> {
      const { environment, verify } = context
      if (environment.seesEdits || verify === 'none') return
      const sent = objectCrc64(parts)
      // Another try to complete them takes no other reading.
      if (sent === undefined || sent === whole) return
      whole = await readWhole(signal)
      if (whole !== sent) throw changedFile()
    },
  }
}

/** By CRC-64 where there is one: it is ten times as fast as MD5. */
async function isOfFile(
  context: EffectContext,
  plan: PartPlan,
  part: AcknowledgedPart,
  signal: AbortSignal,
): Promise<boolean> {
  if (part.crc64 === undefined) return isMadeOf(context, plan, part, signal)
  const { start, end } = partRange(plan, part.partNumber)
  const slice = exactSlice(context.file, start, end)
  return part.crc64 === String(await context.environment.hasher.crc64(slice, signal))
}
