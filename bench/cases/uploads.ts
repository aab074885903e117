import { writeFiles, writeSparseFile } from '../files.js'
import { notesOf } from '../report/notes.js'
import { perGib, summarize, type Unit, uploadRows } from '../report/upload-rows.js'
import { type Measured, measureRounds } from '../rounds.js'
import { GIB, ONE_FILE, ours, SMALL_FILES, type Variant } from '../variants.js'
import type { Case, CaseReport } from './case.js'

const SMALL_BYTES = 10_000
/** The first round is not counted, but ours learns the line from it: that takes it four seconds. */
const WARM_UP_BYTES = GIB

/** One file from disk. */
export function oneFile(ownSize: number): Case {
  return async (surroundings) => {
    const { folder, size = ownSize } = surroundings
    const variants = surroundings.pick(ONE_FILE)
    const files = { paths: await writeFiles(folder, 1, size), bytes: size }
    const warmUp = await warmUpIn(folder)
    const measured = await measureRounds(surroundings, variants, files, warmUp)
    return reportOf(`One file of ${size} bytes`, measured, perGib(size))
  }
}

export const smallFiles: Case = async (surroundings) => {
  const { folder, size = 1_000 * SMALL_BYTES } = surroundings
  const count = Math.max(1, Math.round(size / SMALL_BYTES))
  const paths = await writeFiles(folder, count, SMALL_BYTES)
  const files = { paths, bytes: count * SMALL_BYTES }
  const measured = await measureRounds(surroundings, surroundings.pick(SMALL_FILES), files)
  return reportOf(`${count} files of ${SMALL_BYTES} bytes`, measured, { name: 'file', count })
}

/** Files that take no room on the disk, as large as is wanted. */
export const memory: Case = async (surroundings) => {
  const { folder, size } = surroundings
  const sizes = size === undefined ? [GIB, 5 * GIB] : [size]
  const variants: Variant[] = ONE_FILE.filter(({ name }) => name === 'bare')
  variants.push(ours(), ours({ verify: 'none' }, 'ours (none)'))
  const reports: CaseReport[] = []
  for (const bytes of sizes) {
    const files = { paths: [await writeSparseFile(folder, bytes)], bytes }
    const warmUp = await warmUpIn(folder)
    const measured = await measureRounds(surroundings, surroundings.pick(variants), files, warmUp)
    reports.push(reportOf('', measured, perGib(bytes)))
  }
  return {
    title: 'Memory: one sparse file',
    rows: reports.flatMap(({ rows }, index) =>
      rows.map((row) => ({ GiB: `${(sizes[index] ?? 0) / GIB}`, ...row })),
    ),
    notes: [],
    data: reports.map(({ data }) => data),
  }
}

async function warmUpIn(folder: string) {
  return { paths: [await writeSparseFile(folder, WARM_UP_BYTES)], bytes: WARM_UP_BYTES }
}

function reportOf(title: string, measured: readonly Measured[], unit: Unit): CaseReport {
  const summary = summarize(measured, unit)
  return {
    title,
    rows: uploadRows(summary, unit),
    notes: notesOf(measured, summary, unit),
    data: { summary, measured },
  }
}
