import type { TaskEvent } from '../events.js'
import type { Job, TaskState } from '../state.js'
import { abort, cancel, cancelCompleting, pause, retryOrFail, succeed } from './ending.js'
import {
  askToCancel,
  beHolder,
  beMirror,
  cancelClaim,
  claim,
  dropFileless,
  leaveLine,
  refuse,
  retryClaim,
  show,
  takeOver,
  withdraw,
} from './line.js'
import {
  begin,
  beginUploading,
  complete,
  giveWayOrFail,
  initiate,
  keepUpload,
  prepare,
  put,
  recordPart,
  retryComplete,
  retryPart,
  sendLostParts,
  sendPartAgain,
  settle,
  startAfreshOrFail,
  takeUp,
} from './sending.js'
import { FIRST, type In, type On, type Phase, type Step } from './step.js'

type Machine = {
  readonly [P in Phase]: {
    readonly [T in TaskEvent['type']]?: (state: In<P>, event: On<T>, job: Job) => Step
  }
}

const machine: Machine = {
  claiming: {
    lockGranted: beHolder,
    heldElsewhere: beMirror,
    attemptFailed: retryClaim,
    retryDue: claim,
    withdrawn: withdraw,
    pauseRequested: (state) => [state.isPaused ? state : { ...state, isPaused: true }, []],
    resumeRequested: (state) => [state.isPaused ? { ...state, isPaused: false } : state, []],
    cancelRequested: cancelClaim,
  },
  mirroring: {
    lockGranted: takeOver,
    reported: show,
    foundDifferent: refuse,
    withdrawn: withdraw,
    retryDue: leaveLine,
    pauseRequested: (state) => [state, [{ type: 'tellHolder', command: 'pause' }]],
    resumeRequested: (state) => [state, [{ type: 'tellHolder', command: 'resume' }]],
    cancelRequested: askToCancel,
  },
  fileless: {
    fileGiven: () => [{ phase: 'idle' }, []],
    outranked: beMirror,
    fileRefused: () => [{ phase: 'fileless', needs: 'file' }, []],
    cancelRequested: dropFileless,
  },
  idle: {
    started: begin,
    initiated: keepUpload,
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  preparing: {
    checkpointFound: takeUp,
    nothingToResume: (_state, { isForgotten }) => initiate(FIRST, isForgotten ? 'afresh' : 'new'),
    completed: succeed,
    attemptFailed: retryOrFail,
    retryDue: (state) => prepare(state.attempt),
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  putting: {
    completed: succeed,
    attemptFailed: retryOrFail,
    retryDue: (state) => put(state.attempt),
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  initiating: {
    initiated: beginUploading,
    attemptFailed: retryOrFail,
    retryDue: (state) => initiate(state.attempt, state.origin),
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  uploading: {
    partUploaded: recordPart,
    partFailed: retryPart,
    attemptFailed: giveWayOrFail,
    retryDue: sendPartAgain,
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  paused: {
    initiated: keepUpload,
    resumeRequested: ({ begun }) => [{ phase: 'idle', begun }, []],
    cancelRequested: cancel,
  },
  completing: {
    completed: succeed,
    attemptFailed: retryComplete,
    partsLost: sendLostParts,
    retryDue: (state) => complete(state, state.attempt, state.isCancelling),
    cancelRequested: cancelCompleting,
  },
  settling: {
    completed: succeed,
    attemptFailed: startAfreshOrFail,
    retryDue: (state) => settle(state, state, state.attempt),
    pauseRequested: pause,
    cancelRequested: cancel,
  },
  succeeded: {},
  failed: {},
  cancelled: {},
}

/**
 * What happened -> what is now true, and what to do about it. An empty cell means: nothing changes. Only a stray `initiated`
 * always has its answer: an Initiate is not taken back on the wire, so that the upload nobody wants can be aborted.
 */
export function transition(job: Job, state: TaskState, event: TaskEvent): Step {
  const cell = machine[state.phase][event.type] as
    | ((state: TaskState, event: TaskEvent, job: Job) => Step)
    | undefined
  if (cell) return cell(state, event, job)
  return [state, event.type === 'initiated' ? abort(event) : []]
}
