import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OssNetworkError } from '../../errors.js'
import type { TaskEffect } from '../effects.js'
import type { TaskEvent } from '../events.js'
import type { Report } from '../report.js'
import type { Job, TaskState } from '../state.js'
import { firstState } from './claiming.js'
import { transition } from './transition.js'

const JOB: Job = {
  size: 50,
  parallel: 2,
  persist: true,
  mustResume: false,
  keepCopyUpTo: 0,
  looksElsewhere: false,
  isShared: true,
  isBackground: false,
  isByParts: true,
}
const REPORT: Report = {
  status: 'uploading',
  runsIn: 'other-tab',
  isStartedAfresh: false,
  loaded: 20,
  total: 50,
  bytesPerSecond: 0,
  canResumeAfterReload: true,
}
const LOST = new OssNetworkError('lost', { code: 'network', retryable: true })
const RESULT = {
  key: 'k',
  bucket: 'b',
  etag: '"e"',
  crc64: '1',
  size: 50,
  verified: true,
  requestId: 'r',
}

function play(...events: TaskEvent[]) {
  let state = firstState(JOB)
  const effects: TaskEffect[] = []
  for (const event of events) {
    const [next, ordered] = transition(JOB, state, event)
    state = next
    effects.push(...ordered)
  }
  return { state, orders: effects.map(({ type }) => type) }
}

const heldElsewhere: TaskEvent = { type: 'heldElsewhere' }
const lockGranted: TaskEvent = { type: 'lockGranted' }
const reported = (change: Partial<Report>, isFinal = false): TaskEvent => ({
  type: 'reported',
  report: { ...REPORT, ...change },
  isFinal,
})

describe('whose upload it is', () => {
  it('is asked again after a while, where the code for that did not come', () => {
    const failed: TaskEvent = { type: 'attemptFailed', error: LOST, roll: 0.5 }
    const { state, orders } = play(failed, { type: 'retryDue' }, failed)
    expect(orders).toEqual(['wait', 'claim', 'wait'])
    expect(state).toMatchObject({ phase: 'claiming', attempt: { waitingFor: 'network' } })
    expect(play(failed, { type: 'cancelRequested' }).state.phase).toBe('cancelled')
  })

  it('is asked first; one that is free goes to the queue', () => {
    expect(play().state.phase).toBe('claiming')
    expect(play(lockGranted)).toEqual({ state: { phase: 'idle' }, orders: [] })
  })

  it('leaves the buttons working meanwhile', () => {
    const pause: TaskEvent = { type: 'pauseRequested' }
    expect(play(pause, lockGranted).state.phase).toBe('paused')
    expect(play(pause, { type: 'resumeRequested' }, lockGranted).state.phase).toBe('idle')
    expect(play({ type: 'cancelRequested' }, lockGranted).state.phase).toBe('cancelled')
  })

  it('is another tab’s, which gets the orders of this one’s buttons', () => {
    const { state, orders } = play(
      heldElsewhere,
      { type: 'pauseRequested' },
      { type: 'resumeRequested' },
      { type: 'cancelRequested' },
    )
    expect(state.phase).toBe('mirroring')
    expect(orders).toEqual(['joinLine', 'tellHolder', 'tellHolder', 'tellHolder', 'wait'])
  })

  it.each([
    ['succeeded', { status: 'succeeded', result: RESULT }],
    ['failed', { status: 'failed', error: { name: 'Error', message: 'x', retryable: false } }],
    ['cancelled', { status: 'cancelled' }],
  ] as const)('ends here as it ends there: %s', (phase, change) => {
    expect(play(heldElsewhere, reported(change)).state.phase).toBe('mirroring')
    expect(play(heldElsewhere, reported(change, true)).state.phase).toBe(phase)
  })

  it('becomes this tab’s when the other is gone, as it was', () => {
    expect(play(heldElsewhere, reported({}), lockGranted).state.phase).toBe('idle')
    const paused = reported({ status: 'paused' })
    expect(play(heldElsewhere, paused, lockGranted).state.phase).toBe('paused')
    const needs: TaskEvent = { type: 'lockGranted', needs: 'file' }
    expect(play(heldElsewhere, needs).state).toEqual({ phase: 'fileless', needs: 'file' })
  })

  it('drops what the other left when that one is gone before it has heard of the cancelling', () => {
    const { state, orders } = play(heldElsewhere, { type: 'cancelRequested' }, lockGranted)
    expect(state.phase).toBe('cancelled')
    expect(orders).toContain('discardCheckpoint')
  })
})

describe('in any order of events', () => {
  const anyEvent = fc.constantFrom<TaskEvent>(
    lockGranted,
    { type: 'lockGranted', needs: 'file' },
    { type: 'lockGranted', needs: 'permission' },
    heldElsewhere,
    reported({}),
    reported({ status: 'paused' }),
    reported({ status: 'succeeded', result: RESULT }, true),
    { type: 'foundDifferent', error: new Error('different') },
    { type: 'withdrawn' },
    { type: 'fileGiven' },
    { type: 'fileRefused' },
    { type: 'started' },
    { type: 'pauseRequested' },
    { type: 'resumeRequested' },
    { type: 'cancelRequested' },
    { type: 'retryDue' },
    { type: 'attemptFailed', error: LOST, roll: 0.5 },
  )
  const HELD = new Set<TaskState['phase']>(['claiming', 'mirroring', 'fileless'])

  it('nothing goes to OSS before this tab holds the upload and has its file', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let state = firstState(JOB)
        for (const event of events) {
          const before = state
          const [next, effects] = transition(JOB, state, event)
          state = next
          const types = effects.map(({ type }) => type)
          expect(types).not.toContain('initiateUpload')
          if (!HELD.has(before.phase)) continue
          for (const type of [
            'findCheckpoint',
            'uploadPart',
            'completeUpload',
            'putObject',
          ] as const)
            expect(types).not.toContain(type)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
