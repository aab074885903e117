import type { FaultRule } from '../../demo/oss-server/fault-script.js'
import { SERVER_ROWS } from './table.js'

const WAY_OF_PARTS = [
  'preflight',
  'Initiate',
  'UploadPart',
  'Complete',
  'HeadObject',
  'credentials',
]
/** These need a clock that is turned by hand, or halt a whole server. */
const SLOW = ['refuse', 'hang', 'trickle']
const FAULTS_AT_ONCE = 4

/** Each of these an upload survives when it is alone. */
const MENDABLE = SERVER_ROWS.filter(
  ({ on, times, expect, fault, before, options, isCold }) =>
    times === 'once' &&
    expect.end === 'survives' &&
    WAY_OF_PARTS.includes(on) &&
    !SLOW.includes(fault.do) &&
    before === undefined &&
    options === undefined &&
    !isCold,
)

/** Several faults for one upload; the same for the same seed. */
export function rulesOf(seed: number): FaultRule[] {
  const random = randomOf(seed)
  return Array.from({ length: FAULTS_AT_ONCE }, () => {
    const row = MENDABLE[Math.floor(random() * MENDABLE.length)]
    if (!row) throw new Error('There is no fault to choose.')
    return { on: row.on, fault: row.fault }
  })
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
