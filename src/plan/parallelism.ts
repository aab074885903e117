/** Connections a browser opens to a host over HTTP/1.1: more requests at a time would only wait. */
export const MAX_PARALLEL = 6
/** Where data costs the user money, fewer requests are lost when the line goes. */
export const METERED_PARALLEL = 2

/** Windows a number of requests is tried for before it is judged; one more goes by until the line has settled. */
const TRIAL_WINDOWS = 2
/** Windows between two trials: so many at first, twice as many after each that brought nothing, up to a bound. */
const LEAST_REST = 4
const MOST_REST = 64
/** Of what each of the requests before had: what one more must bring for it to stay, and what one fewer may cost. */
const WORTH = 0.25
const COST = 0.1
/**
 * Below so many bytes a second for each request, the smallest part takes half a minute, and a line that breaks costs as many of them
 * as are under way: fewer are worth a trial. On faster lines a trial costs more than it ever brought in the model.
 */
const SLOW_REQUEST = 32 * 1024
/** A rate so far off what was known, twice in a row, is another line. */
const FALLEN = 0.6
const RISEN = 1.7

/** How many requests at a time. A value: every function gives a new one. */
export interface Parallelism {
  readonly limit: number
  /** Bytes a second with `limit` requests, smoothed; absent until measured. */
  readonly rate?: number | undefined
  /** Windows until the next trial may begin. */
  readonly rest: number
  /** Windows to rest after a trial that brings nothing. */
  readonly nextRest: number
  /** What `limit` was before, and what it brought. */
  readonly trial?: Trial | undefined
  /** How often in a row the rate was far off. */
  readonly surprises: number
  /** A burst of refusals counts once. */
  readonly isBraked: boolean
}

interface Trial {
  readonly from: number
  readonly rate: number
  /** Of the windows seen so far. */
  readonly seen: readonly number[]
}

/** What was seen of the line. */
export type Sighting =
  /**
   * A stretch of time. `isBusy`: `limit` requests were under way all the while, no more and no fewer. `bytesPerSecond`: absent where one was too
   * small to tell.
   */
  | {
      readonly type: 'window'
      readonly bytesPerSecond: number | undefined
      readonly isBusy: boolean
    }
  /** OSS asked for fewer requests, or the line carried none of a request's bytes for long. */
  | { readonly type: 'overload' }

/** All connections, where nothing else is known: each line that needs fewer is found out, one that needs more is not slowed. */
export function firstParallelism(limit = MAX_PARALLEL): Parallelism {
  return { limit, rest: 0, nextRest: LEAST_REST, surprises: 0, isBraked: false }
}

/**
 * Climbs while one more request brings more, halves when the line or OSS is overloaded, and looks for fewer where each
 * request is slow.
 */
export function adapt(before: Parallelism, sighting: Sighting): Parallelism {
  if (sighting.type === 'overload') {
    return before.isBraked ? before : restAt(Math.ceil(before.limit / 2), true)
  }
  const state = { ...before, isBraked: false }
  const { isBusy, bytesPerSecond } = sighting
  if (!isBusy) return state
  if (bytesPerSecond === undefined) return recover(state)
  return state.trial ? tryOn(state, state.trial, bytesPerSecond) : hold(state, bytesPerSecond)
}

function restAt(limit: number, isBraked: boolean): Parallelism {
  return { ...firstParallelism(limit), rest: LEAST_REST, isBraked }
}

/** Nothing is known that speaks against one more, and what a bad minute has taken would else never come back. */
function recover(state: Parallelism): Parallelism {
  const { limit, rest } = state
  if (limit === MAX_PARALLEL) return state
  if (rest > 0) return { ...state, rest: rest - 1 }
  return restAt(limit + 1, false)
}

function hold(state: Parallelism, seen: number): Parallelism {
  const { rate = seen, rest } = state
  const isFar = seen < rate * FALLEN || seen > rate * RISEN
  if (isFar && state.surprises > 0) return { ...firstParallelism(state.limit), rate: seen }
  const surprises = isFar ? state.surprises + 1 : 0
  const next = { ...state, surprises, rate: isFar ? rate : (rate + seen) / 2 }
  if (rest > 0) return { ...next, rest: rest - 1 }
  return state.rate === undefined || isFar ? next : beginTrial(next, next.rate)
}

function beginTrial(state: Parallelism, rate: number): Parallelism {
  const { limit } = state
  const step = limit < MAX_PARALLEL ? 1 : limit > 1 && rate / limit < SLOW_REQUEST ? -1 : 0
  if (step === 0) return state
  return moveTo(state, limit + step, rate)
}

function moveTo(state: Parallelism, limit: number, rate: number): Parallelism {
  const trial = { from: state.limit, rate, seen: [] }
  return { ...state, limit, rate: undefined, trial }
}

function tryOn(state: Parallelism, trial: Trial, seen: number): Parallelism {
  const all = [...trial.seen, seen]
  // In the first the line settles.
  const settled = all.slice(1)
  if (settled.length < TRIAL_WINDOWS) return { ...state, trial: { ...trial, seen: all } }
  return judge(state, trial, settled.reduce((sum, each) => sum + each, 0) / settled.length)
}

function judge(state: Parallelism, { from, rate }: Trial, reached: number): Parallelism {
  const { limit, nextRest } = state
  const isClimb = limit > from
  const each = rate / from
  const isWorthIt = reached >= (isClimb ? rate + WORTH * each : rate - COST * each)
  const ended = { ...state, trial: undefined }
  if (!isWorthIt) {
    return {
      ...ended,
      limit: from,
      rate,
      rest: nextRest,
      nextRest: Math.min(2 * nextRest, MOST_REST),
    }
  }
  const stayed = { ...ended, rate: reached, rest: 0, nextRest: LEAST_REST }
  // On in the same direction: what was left is known to be no better.
  if (isClimb) return beginTrial(stayed, reached)
  return limit > 1 && reached / limit < SLOW_REQUEST ? moveTo(stayed, limit - 1, reached) : stayed
}
