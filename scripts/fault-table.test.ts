import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { groupsOf, rowsAlone } from '../e2e/faults/groups.js'
import { SERVER_ROWS } from '../e2e/faults/table.js'
import { FAULTS_FILE, faultsPage } from './fault-table.js'

it('finds in docs/faults.md what the tables of the tests say', () => {
  expect(readFileSync(FAULTS_FILE, 'utf8')).toBe(faultsPage())
})

it('has each row of the table in exactly one test', () => {
  const tested = [...groupsOf(SERVER_ROWS).flatMap(({ rows }) => rows), ...rowsAlone(SERVER_ROWS)]
  expect(tested.map(({ id }) => id).sort()).toEqual(SERVER_ROWS.map(({ id }) => id).sort())
  expect(new Set(tested.map(({ id }) => id)).size).toBe(SERVER_ROWS.length)
})
