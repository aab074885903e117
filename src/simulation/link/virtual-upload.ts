import { createLink, type LinkConnection } from './link.js'
import type { LinkProfile } from './profiles.js'

/** A request's head, and an answer without much of a body. */
const HEAD_BYTES = 800
/** What the system takes from the browser ahead of the line: progress events count it as sent. */
const SEND_BUFFER_BYTES = 128 * 1024
/** The model's grain. */
const STEP_MS = 1

export interface VirtualUploadOptions {
  readonly profile: LinkProfile
  readonly seed: number
  /** Bytes of the file. */
  readonly size: number
  /** Bytes of each part but the last. */
  readonly partSize?: number
  /** Instead: where parts begin, from 0, and last the file's size. */
  readonly cuts?: readonly number[]
  readonly parallel: number
  /** Each part asks for permission first, as its address is new to the browser; true when left out. */
  readonly preflight?: boolean
  /** Between a request's last byte and its answer's first; 0 when left out. */
  readonly serverMs?: number
}

export interface FinishedPart {
  /** From 1. */
  readonly partNumber: number
  readonly bytes: number
  /** When its preflight left. */
  readonly startedAtMs: number
  readonly finishedAtMs: number
}

/** An upload by parts as a browser makes it, without a browser: in virtual time, on a link of its own. */
export interface VirtualUpload {
  readonly nowMs: number
  /** Lets time pass, but not beyond the end of the upload. */
  advance(ms: number): void
  /** How many parts are sent at a time from now on. Those under way are finished. */
  setParallel(parallel: number): void
  /** Bytes of the file sent so far, as progress events tell it. */
  readonly loaded: number
  /** Parts under way, preflights included. */
  readonly inFlight: number
  readonly finished: readonly FinishedPart[]
  readonly isDone: boolean
}

interface Wire {
  readonly connection: LinkConnection
  exchange: Generator<undefined, FinishedPart> | undefined
  /** Bytes of its part that wait for the preflight's answer. */
  held: number
}

export function createVirtualUpload(options: VirtualUploadOptions): VirtualUpload {
  const { size, partSize = size, preflight = true, serverMs = 0 } = options
  const cuts = options.cuts ?? evenCuts(size, partSize)
  const link = createLink(options.profile, options.seed)
  const partCount = cuts.length - 1
  const finished: FinishedPart[] = []
  const wires: Wire[] = []
  let parallel = options.parallel
  let nextPart = 1
  let loaded = 0
  const busy = () => wires.filter(({ exchange }) => exchange)

  /** Each `next()` looks whether the request has come further. */
  function* sendPart(wire: Wire, partNumber: number): Generator<undefined, FinishedPart> {
    const bytes = Number(cuts[partNumber]) - Number(cuts[partNumber - 1])
    const startedAtMs = link.nowMs
    wire.held = bytes
    if (preflight) yield* request(wire, 0)
    wire.held = 0
    yield* request(wire, bytes)
    return { partNumber, bytes, startedAtMs, finishedAtMs: link.nowMs }
  }

  function* request({ connection: { up, down } }: Wire, body: number): Generator<undefined, void> {
    up.send(HEAD_BYTES + body)
    while (!up.isIdle) yield
    const answerAtMs = link.nowMs + serverMs
    while (link.nowMs < answerAtMs) yield
    down.send(HEAD_BYTES)
    while (!down.isIdle) yield
  }

  function startParts(): void {
    while (nextPart <= partCount && busy().length < parallel) {
      let wire = wires.find(({ exchange }) => !exchange)
      if (!wire) {
        wire = { connection: link.open(), exchange: undefined, held: 0 }
        wires.push(wire)
      }
      wire.exchange = sendPart(wire, nextPart)
      nextPart += 1
      follow(wire)
    }
  }

  function follow(wire: Wire): void {
    const step = wire.exchange?.next()
    if (!step?.done) return
    wire.exchange = undefined
    finished.push(step.value)
  }

  function step(): void {
    link.advance(STEP_MS)
    for (const wire of busy()) follow(wire)
    startParts()
    // A lost packet waits once more, but nothing told is taken back.
    loaded = Math.max(loaded, countLoaded())
  }

  function countLoaded(): number {
    const started = Number(cuts[nextPart - 1])
    const notYet = busy().map(
      ({ held, connection: { up } }) => held + Math.max(0, up.waiting - SEND_BUFFER_BYTES),
    )
    return started - notYet.reduce((sum, bytes) => sum + bytes, 0)
  }

  startParts()
  const isDone = () => finished.length === partCount
  return {
    get nowMs() {
      return link.nowMs
    },
    advance(ms) {
      const endMs = link.nowMs + ms
      while (link.nowMs < endMs && !isDone()) step()
    },
    setParallel(wanted) {
      parallel = wanted
      startParts()
    },
    get loaded() {
      return loaded
    },
    get inFlight() {
      return busy().length
    },
    finished,
    get isDone() {
      return isDone()
    },
  }
}

function evenCuts(size: number, partSize: number): number[] {
  const count = Math.ceil(size / partSize)
  return Array.from({ length: count + 1 }, (_, i) => Math.min(size, i * partSize))
}
