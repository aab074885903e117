import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OssNetworkError, OssServiceError } from '../../errors.js'
import type { TaskEffect } from '../effects.js'
import type { TaskEvent } from '../events.js'
import type { Job, TaskState } from '../state.js'
import { transition } from './transition.js'

const JOB = {
  parallel: 2,
  persist: false,
  keepCopyUpTo: 0,
  looksElsewhere: false,
  mustResume: false,
  isShared: false,
  isBackground: false,
}
const PARTS: Job = {
  ...JOB,
  size: 50,
  isByParts: true,
}
const PUT: Job = { ...JOB, size: 5, isByParts: false }
const BROKEN = new OssNetworkError('broken', { code: 'network', retryable: true })
const REFUSED = new OssServiceError('refused', {
  code: 'access-denied',
  retryable: false,
  ossCode: 'AccessDenied',
})
const RESULT = {
  key: 'k',
  bucket: 'b',
  etag: '"e"',
  crc64: '1',
  size: 50,
  verified: true,
  requestId: 'r',
}

/** Plays events and says what was ordered on the way. */
function play(job: Job, ...events: TaskEvent[]) {
  let state: TaskState = { phase: 'idle' }
  const effects: TaskEffect[] = []
  for (const event of events) {
    const [next, ordered] = transition(job, state, event)
    state = next
    effects.push(...ordered)
  }
  return { state, effects, orders: effects.map(orderOf) }
}

function orderOf(effect: TaskEffect): string {
  if (effect.type === 'uploadPart') return `part ${effect.partNumber}`
  return effect.type
}

function uploaded(partNumber: number): TaskEvent {
  return {
    type: 'partUploaded',
    part: { partNumber, etag: `"${partNumber}"`, size: 10, crc64: '0' },
  }
}

const started: TaskEvent = { type: 'started' }
const PLAN = { size: 50, partSize: 10, count: 5 }
const initiated: TaskEvent = { type: 'initiated', uploadId: 'U', plan: PLAN }
const partFailed = (partNumber: number, error: unknown): TaskEvent => ({
  type: 'partFailed',
  partNumber,
  error,
  roll: 0.5,
})

describe('a multipart upload', () => {
  it('goes from Initiate over its parts to Complete', () => {
    const { state, effects, orders } = play(
      PARTS,
      started,
      initiated,
      ...[2, 1, 3, 4, 5].map(uploaded),
      { type: 'completed', result: RESULT },
    )
    expect(orders).toEqual([
      'initiateUpload',
      'part 1',
      'part 2',
      'part 3',
      'part 4',
      'part 5',
      'completeUpload',
    ])
    expect(effects.at(-1)).toMatchObject({
      uploadId: 'U',
      parts: [1, 2, 3, 4, 5].map((partNumber) => ({ partNumber })),
    })
    expect(state).toEqual({ phase: 'succeeded', result: RESULT })
  })

  it('keeps the place of a part that backs off, and sends it again before new ones', () => {
    const backingOff = play(PARTS, started, initiated, partFailed(1, BROKEN))
    expect(backingOff.orders).toEqual(['initiateUpload', 'part 1', 'part 2', 'wait'])
    const again = play(PARTS, started, initiated, partFailed(1, BROKEN), {
      type: 'retryDue',
      partNumber: 1,
    })
    expect(again.orders.at(-1)).toBe('part 1')
  })

  it('gives a part up after its tries, stops the others and aborts the upload', () => {
    const failures = Array.from({ length: 64 }, () => [
      partFailed(1, BROKEN),
      { type: 'retryDue', partNumber: 1 } as const,
    ]).flat()
    const { state, orders } = play(PARTS, started, initiated, ...failures)
    expect(state).toEqual({ phase: 'failed', error: BROKEN })
    expect(orders.slice(-2)).toEqual(['stopAll', 'abortUnlessKept'])
  })

  it('ignores an echo of a part that was stopped', () => {
    const { state } = play(
      PARTS,
      started,
      initiated,
      { type: 'pauseRequested' },
      { type: 'resumeRequested' },
      started,
      uploaded(1),
      uploaded(1),
    )
    expect(state).toMatchObject({ phase: 'uploading', parts: { acknowledgedBytes: 10 } })
  })

  it('may be in its own way once a Complete went out whose outcome nobody knows, with or without a line', () => {
    const inTheWay = new OssServiceError('in the way', {
      code: 'already-exists',
      retryable: false,
      ossCode: 'FileAlreadyExists',
    })
    const failed = (error: unknown, isOffline = false): TaskEvent => ({
      type: 'attemptFailed',
      error,
      roll: 0.5,
      isOffline,
    })
    const sent = [started, initiated, ...[1, 2, 3, 4, 5].map(uploaded)]
    const refused = (...events: TaskEvent[]) =>
      play(PARTS, ...sent, ...events, failed(inTheWay)).state
    expect(refused()).toMatchObject({ phase: 'settling', mayBeDone: false })
    for (const isOffline of [false, true]) {
      const again = refused(failed(BROKEN, isOffline), { type: 'retryDue' })
      expect(again).toMatchObject({ phase: 'settling', mayBeDone: true })
    }
  })

  it('refuses at once what no retry can mend', () => {
    const { state } = play(PARTS, started, { type: 'attemptFailed', error: REFUSED, roll: 0 })
    expect(state).toEqual({ phase: 'failed', error: REFUSED })
  })
})

describe('a single PutObject', () => {
  it('starts over after a pause', () => {
    const { orders } = play(
      PUT,
      started,
      { type: 'pauseRequested' },
      { type: 'resumeRequested' },
      started,
    )
    expect(orders).toEqual(['putObject', 'stopAll', 'putObject'])
  })
})

describe('in any order of events', () => {
  const anyEvent: fc.Arbitrary<TaskEvent> = fc.oneof(
    fc.constantFrom<TaskEvent>(
      started,
      initiated,
      { type: 'pauseRequested' },
      { type: 'resumeRequested' },
      { type: 'cancelRequested' },
      { type: 'completed', result: RESULT },
      { type: 'retryDue' },
    ),
    fc.integer({ min: 1, max: 5 }).map(uploaded),
    fc.integer({ min: 1, max: 5 }).map((partNumber) => ({ type: 'retryDue', partNumber }) as const),
    fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom(BROKEN, REFUSED))
      .map(([partNumber, error]) => partFailed(partNumber, error)),
    fc
      .constantFrom(BROKEN, REFUSED)
      .map((error) => ({ type: 'attemptFailed', error, roll: 0.5 }) as const),
  )

  it('acknowledges each part once, stays within parallel, completes only with all parts', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        let state: TaskState = { phase: 'idle' }
        for (const event of events) {
          const [next, effects]: readonly [TaskState, readonly TaskEffect[]] = transition(
            PARTS,
            state,
            event,
          )
          if (next.phase === 'uploading') {
            expect(next.parts.inFlight.length + next.parts.backingOff.length).toBeLessThanOrEqual(2)
            expect(next.parts.acknowledgedBytes).toBeLessThanOrEqual(40)
          }
          for (const effect of effects) {
            if (effect.type !== 'completeUpload') continue
            expect(effect.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 4, 5])
          }
          state = next
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('never leaves an end: succeeded, failed and cancelled stay', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<TaskState>(
          { phase: 'succeeded', result: RESULT },
          { phase: 'failed', error: REFUSED },
          { phase: 'cancelled' },
        ),
        fc.array(anyEvent, { maxLength: 20 }),
        (end, events) => {
          for (const event of events) {
            const [next, effects] = transition(PARTS, end, event)
            expect(next).toBe(end)
            // An upload that begins after the end is not wanted by anyone.
            expect(effects.map(orderOf)).toEqual(event.type === 'initiated' ? ['abortUpload'] : [])
          }
        },
      ),
    )
  })
})
