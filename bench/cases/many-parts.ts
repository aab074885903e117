import { writeFiles } from '../files.js'
import type { Sample } from '../measure-upload.js'
import { notesOf } from '../report/notes.js'
import { shown, spread } from '../report/spread.js'
import type { Row } from '../report/table.js'
import { summarize, uploadRows } from '../report/upload-rows.js'
import { type Measured, measureRounds } from '../rounds.js'
import { MANY_PARTS, OURS, SMALLEST_PART, WITHOUT_RECORD } from '../variants.js'
import type { Case } from './case.js'

const SPAN = 1_000

/** Whether the last parts cost more than the first, and what keeping a record of them costs. */
export const manyParts: Case = async (surroundings) => {
  const { folder, size = 10_000 * SMALLEST_PART } = surroundings
  const count = Math.floor(size / SMALLEST_PART)
  const write = async (parts: number) => {
    const bytes = parts * SMALLEST_PART
    return { paths: await writeFiles(folder, 1, bytes), bytes }
  }
  const [files, warmUp] = [await write(count), await write(100)]
  const variants = surroundings.pick(MANY_PARTS)
  const measured = await measureRounds(surroundings, variants, files, warmUp, count)
  const unit = { name: 'part', count } as const
  const summary = summarize(measured, unit)
  return {
    title: `${count} parts of ${SMALLEST_PART} bytes`,
    rows: uploadRows(summary, unit).map((row, index) => ({
      ...row,
      ...growth(measured[index]?.samples ?? [], count),
    })),
    notes: [
      ...notesOf(measured, summary, unit),
      ...shareOfRecord(measured),
      'Parts are timed by the answers the server gave.',
    ],
    data: { summary, measured },
  }
}

function growth(samples: readonly Sample[], count: number): Row {
  const span = Math.min(SPAN, Math.floor(count / 3))
  const first = [0, span] as const
  const last = [count - span - 1, count - 1] as const
  const over = (perPart: PerPart) =>
    spread(samples.map((sample) => perPart(sample, ...last) / perPart(sample, ...first)))
  const first1000 = spread(samples.map((sample) => wallPerPart(sample, ...first)))
  const last1000 = spread(samples.map((sample) => wallPerPart(sample, ...last)))
  return {
    [`ms/part, first ${span}`]: shown(first1000, 2),
    [`last ${span}`]: shown(last1000, 2),
    'last / first': shown(over(wallPerPart), 2),
    'last / first, main thread': shown(over(mainPerPart), 2),
  }
}

/** By the same upload without a record, in the same round. */
function shareOfRecord(measured: readonly Measured[]): string[] {
  const [kept, not] = [OURS, WITHOUT_RECORD].map(
    (name) => measured.find(({ variant }) => variant === name)?.samples,
  )
  if (!kept || !not) return []
  const share = (value: (sample: Sample) => number) =>
    shown(spread(kept.map((sample, i) => 100 * (1 - value(not[i] ?? sample) / value(sample)))), 0)
  const [wall, main] = [share(({ wallMs }) => wallMs), share(({ mainMs }) => mainMs)]
  return [`The record's share: ${wall}% of the time, ${main}% of the main thread's.`]
}

/** Milliseconds a part, from one answer to another. */
type PerPart = (sample: Sample, from: number, to: number) => number

const wallPerPart: PerPart = ({ traffic: { answeredAt } }, from, to) =>
  ((answeredAt[to] ?? Number.NaN) - (answeredAt[from] ?? Number.NaN)) / (to - from)

const mainPerPart: PerPart = ({ traffic: { answeredAt }, mainCurve }, from, to) => {
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
