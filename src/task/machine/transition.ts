import type { TaskEffect } from '../effects.js'
import type { TaskEvent } from '../events.js'
import { withdraw } from './claiming.js'
import { abort, cancel, retryOrFail, succeed } from './ending.js'
import {
  askToCancel,
  beHolder,
  beMirror,
  dropFileless,
  leaveLine,
  refuse,
  show,
  takeOver,
} from './line.js'
import { type Machine, oneRequest, transitionBy } from './one-request.js'
import {
  begin,
  beginUploading,
  cancelCompleting,
  complete,
  giveWayOrFail,
  initiate,
  keepUpload,
  pause,
  prepare,
  recordPart,
  retryComplete,
  retryPart,
  sendLostParts,
  sendPartAgain,
  settle,
  startAfreshOrFail,
  takeUp,
} from './sending.js'
import { FIRST } from './step.js'

const machine: Machine = {
  ...oneRequest,
  claiming: {
    ...oneRequest.claiming,
    lockGranted: beHolder,
    heldElsewhere: beMirror,
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
  putting: { ...oneRequest.putting, completed: succeed },
  preparing: {
    checkpointFound: takeUp,
    nothingToResume: (_state, { isForgotten }) => initiate(FIRST, isForgotten ? 'afresh' : 'new'),
    completed: succeed,
    attemptFailed: retryOrFail,
    retryDue: (state) => prepare(state.attempt),
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
}

/** An Initiate is not taken back on the wire: an upload that nobody wants by then is aborted. */
function abortStray(event: TaskEvent): TaskEffect[] {
  return event.type === 'initiated' ? abort(event) : []
}

export const transition = /* @__PURE__ */ transitionBy(machine, abortStray)
