import { writeFiles } from '../files.js'
import type { Sample } from '../measure-upload.js'
import { shown, spread } from '../report/spread.js'
import { noiseOf, summarize, uploadRows } from '../report/upload-rows.js'
import { measureRounds } from '../rounds.js'
import { MANY_PARTS, SMALLEST_PART } from '../variants.js'
import type { Case } from './case.js'

const SPAN = 1_000

/** Whether the last parts cost more than the first. */
export const manyParts: Case = async (surroundings) => {
  const { folder, size = 10_000 * SMALLEST_PART } = surroundings
  const count = Math.floor(size / SMALLEST_PART)
  const bytes = count * SMALLEST_PART
  const span = Math.min(SPAN, Math.floor(count / 3))
  const files = { paths: await writeFiles(folder, 1, bytes), bytes }
  const measured = await measureRounds(surroundings, surroundings.pick(MANY_PARTS), files)
  const unit = { name: 'part', count } as const
  const summary = summarize(measured, unit)
  const rows = uploadRows(summary, unit).map((row, index) => {
    const samples = measured[index]?.samples ?? []
    const first = samples.map((sample) => wallPerPart(sample, 0, span))
    const last = samples.map((sample) => wallPerPart(sample, count - span - 1, count - 1))
    const growth = last.map((ms, round) => ms / (first[round] ?? Number.NaN))
    const mainGrowth = samples.map(
      (sample) => mainPerPart(sample, count - span - 1, count - 1) / mainPerPart(sample, 0, span),
    )
    return {
      ...row,
      [`ms/part, first ${span}`]: shown(spread(first), 2),
      [`last ${span}`]: shown(spread(last), 2),
      'last / first': shown(spread(growth), 2),
      'last / first, main thread': shown(spread(mainGrowth), 2),
    }
  })
  const notes = [...noiseOf(summary), 'Parts are timed by the answers the server gave.']
  return {
    title: `${count} parts of ${SMALLEST_PART} bytes`,
    rows,
    notes,
    data: { summary, measured },
  }
}

/** By the answers with these indices. */
function wallPerPart({ traffic: { answeredAt } }: Sample, from: number, to: number): number {
  return ((answeredAt[to] ?? Number.NaN) - (answeredAt[from] ?? Number.NaN)) / (to - from)
}

function mainPerPart({ traffic: { answeredAt }, mainCurve }: Sample, from: number, to: number) {
  const at = (index: number) => mainMsAt(mainCurve, answeredAt[index] ?? Number.NaN)
  return (at(to) - at(from)) / (to - from)
}

/** Between two looks the thread is taken to have been busy evenly. */
function mainMsAt(curve: Sample['mainCurve'], at: number): number {
  const index = curve.findIndex((look) => look.at >= at)
  const after = curve[index] ?? curve.at(-1)
  const before = curve[index - 1] ?? after
  if (!before || !after) return Number.NaN
  const share = after.at === before.at ? 0 : (at - before.at) / (after.at - before.at)
  return before.mainMs + share * (after.mainMs - before.mainMs)
}
