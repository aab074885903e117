import { ANSWER_FAULTS } from './answer-faults.js'
import { LINE_FAULTS } from './line-faults.js'
import { REFUSAL_FAULTS } from './refusal-faults.js'
import { type Row, rowsOf } from './row.js'

/** What can go wrong on the way between the page and OSS, and what has to come of it: tests and `docs/faults.md` are made of it. */
export const SERVER_ROWS: readonly Row[] = [
  ...LINE_FAULTS,
  ...REFUSAL_FAULTS,
  ...ANSWER_FAULTS,
].flatMap(rowsOf)
