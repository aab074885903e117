import type { AcknowledgedPart } from '../checkpoint/reconcile.js'
import { type PartPlan, partRange } from '../plan/part-plan.js'
import type { EffectContext } from './effect-context.js'
import { changedFile, exactSlice } from './file-reading.js'
import { differentFile, isMadeOf } from './find-checkpoint.js'
import { objectCrc64 } from './object-crc64.js'

/**
 * Compares parts that OSS has of an earlier visit with the file, each once, one after the other: a file that was edited where no
 * sample looked must not become half of an object.
 */
export function createPartProver(context: EffectContext) {
  const proven = new Set<number>()

  return async function prove(
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

/**
 * Where the browser does not tell, the file is read once more when all of it is sent: what it has now must be what its parts have
 * together, or some were read before somebody wrote to it, and some after.
 *
 * @throws OssFileError (`file-changed`, `file-unreadable`), or the signal's reason.
 */
export async function proveWhole(
  { environment: { seesEdits, hasher }, file, verify }: EffectContext,
  parts: readonly AcknowledgedPart[],
  signal: AbortSignal,
): Promise<void> {
  const sent = seesEdits || verify === 'none' ? undefined : objectCrc64(parts)
  if (sent !== undefined && (await hasher.crc64(file, signal)) !== sent) throw changedFile()
}
