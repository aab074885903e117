import type { Measured } from '../rounds.js'
import { CONTROL, FLOOR, OURS } from '../variants.js'
import { shown, spread } from './spread.js'
import type { Unit, UploadSummary } from './upload-rows.js'

/** What is to be known of a table. */
export function notesOf(
  measured: readonly Measured[],
  summaries: readonly UploadSummary[],
  unit: Unit,
): string[] {
  return [...noiseOf(summaries), ...againstOthers(measured), ...serverNote(measured, unit)]
}

/** The bare loop against itself, where both were measured. */
function noiseOf(summaries: readonly UploadSummary[]): string[] {
  const control = summaries.find(({ variant }) => variant === CONTROL)?.ratio
  if (!control || Number.isNaN(control.median)) return []
  return [
    `A/A control: "${CONTROL}" is the same client as "${FLOOR}"; their ratio is ${shown(control, 2)}. No difference within that is claimed.`,
  ]
}

/** This library against the others, in the same round. */
function againstOthers(measured: readonly Measured[]): string[] {
  const mine = measured.find(({ variant }) => variant === OURS)?.samples
  const others = measured.filter(({ variant }) => !variant.startsWith(OURS) && variant !== CONTROL)
  if (!mine || others.length === 0) return []
  const ratios = others.map(({ variant, samples }) => {
    const ratio = mine.map(({ wallMs }, round) => wallMs / (samples[round]?.wallMs ?? Number.NaN))
    return `to ${variant} ${shown(spread(ratio), 2)}`
  })
  return [`Wall time of "${OURS}": ${ratios.join(', ')}.`]
}

/** The server's share of a machine that both have to do with. */
function serverNote(measured: readonly Measured[], { name, count }: Unit): string[] {
  const samples = measured.flatMap(({ samples }) => samples)
  if (samples.length === 0) return []
  const cpu = spread(samples.map(({ traffic }) => traffic.serverCpuMs / count))
  return [`The server took ${shown(cpu, name === 'GiB' ? 0 : 2)} ms of CPU for each ${name}.`]
}
