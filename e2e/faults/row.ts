import type { Fault, FaultRule, RequestKind } from '../../demo/oss-server/fault-script.js'

export type Times = 'once' | 'always'

/** How an upload has to end; the stored object is looked at in each case. */
export type Outcome =
  | {
      /** The object is there with the file's bytes, and the page says so. */
      readonly end: 'survives'
      /** Requests of the kind beyond those of an upload without trouble, at most. */
      readonly extra: number
      readonly waitingFor?: 'network' | 'retry' | 'credentials'
      /** Between the fault and the next request of the kind. */
      readonly notBeforeMs?: number
      /** @defaultValue true */
      readonly verified?: boolean
    }
  | {
      readonly end: 'fails'
      readonly code: string
      /** A part of the sentence the user reads. */
      readonly says: string
      /** @defaultValue 'nothing' */
      readonly stored?: 'nothing' | 'whole'
    }
  | {
      /** Which of the two, the browser decides: it may send a request once more by itself, and the page hears nothing of it. */
      readonly end: 'either'
      readonly of: readonly [survives: Outcome, fails: Outcome]
    }
  | {
      /** The user cancelled, and that is what has to come of it. */
      readonly end: 'cancelled'
      readonly left: 'nothing' | 'its parts'
    }

export interface Row {
  /** Unique; also the name of its user in the app server. */
  readonly id: string
  readonly title: string
  readonly fault: Fault
  readonly on: RequestKind
  readonly times: Times
  readonly expect: Outcome
  /** The page has not yet read an answer of OSS, so that CORS may be at fault. */
  readonly isCold?: boolean
  /** What goes wrong before, so that there is a request of the kind. */
  readonly before?: FaultRule
  /** Of the upload. */
  readonly options?: { readonly forbidOverwrite: true }
}

export type ByKind<T> = Readonly<Partial<Record<RequestKind, T>>>

/** One fault at each kind of request it can hit. */
export interface Family {
  readonly id: string
  readonly title: string
  readonly fault: Fault
  readonly once?: ByKind<Outcome>
  readonly always?: ByKind<Outcome>
  readonly isCold?: boolean
  readonly before?: FaultRule
  /** Of the upload. */
  readonly options?: { readonly forbidOverwrite: true }
}

export function rowsOf(family: Family): Row[] {
  return (['once', 'always'] as const).flatMap((times) =>
    Object.entries(family[times] ?? {}).map(([kind, expect]) => {
      const on = kind as RequestKind
      const { title, fault, isCold, before, options } = family
      return {
        id: `${family.id}-${on}-${times}`,
        title,
        fault,
        on,
        times,
        expect,
        ...(isCold ? { isCold } : {}),
        ...(before ? { before } : {}),
        ...(options ? { options } : {}),
      }
    }),
  )
}

/** The same for each of these kinds. */
export function each<T>(kinds: readonly RequestKind[], value: T): ByKind<T> {
  return Object.fromEntries(kinds.map((kind) => [kind, value]))
}

type Survival = Extract<Outcome, { end: 'survives' }>

/** One more try mends it; what is to be cancelled is gone after it. */
export function mended(
  kinds: readonly RequestKind[],
  { extra = 1, ...more }: Partial<Omit<Survival, 'end'>> = {},
): ByKind<Outcome> {
  return Object.fromEntries(
    kinds.map((kind): [RequestKind, Outcome] => [
      kind,
      kind === 'Abort' ? CANCELLED : { end: 'survives', extra, ...more },
    ]),
  )
}

export const CANCELLED: Outcome = { end: 'cancelled', left: 'nothing' }
/** Nobody waits for more than a few tries; the bucket's lifecycle rule takes the parts away. */
export const PARTS_LEFT: Outcome = { end: 'cancelled', left: 'its parts' }

export function fails(code: string, says: string, stored?: 'whole'): Outcome {
  return { end: 'fails', code, says, ...(stored ? { stored } : {}) }
}

/** With a body that only XMLHttpRequest can send. */
export const SENDING = ['PutObject', 'UploadPart'] as const
/** Answered with a document. */
export const DOCUMENTS = ['Initiate', 'Complete', 'ListParts'] as const
export const SIGNED = [...SENDING, ...DOCUMENTS, 'HeadObject', 'Abort'] as const
export const GRANTING = ['credentials', 'STS'] as const
export const ALL = ['preflight', ...SIGNED, ...GRANTING] as const

/** Such as `UploadPart, once: 503 SlowDown -> survives`. */
export function titleOf({ on, times, title, expect }: Row): string {
  return `${on}, ${times}: ${title} -> ${wordsOf(expect)}`
}

/** An outcome in words, for people. */
export function wordsOf(outcome: Outcome): string {
  switch (outcome.end) {
    case 'survives': {
      const waits = outcome.waitingFor ? `, waiting for ${outcome.waitingFor}` : ''
      return `survives${waits}${outcome.verified === false ? ', unverified' : ''}`
    }
    case 'fails':
      return `fails with ${outcome.code}, “${outcome.says}”`
    case 'either':
      return outcome.of.map(wordsOf).join(', or ')
    case 'cancelled':
      return `is cancelled, and leaves ${outcome.left}`
  }
}
