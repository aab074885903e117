import { ConnectionDrop, type FaultSource, OssError } from '../../demo/oss-server/server.js'

type Target = Parameters<NonNullable<FaultSource['beforeAuth']>>[0]

/** Where a request is: its head is read, its body comes in, its body is at its end (whole or cut), its effect is on disk. */
type Moment = 'asked' | 'receiving' | 'received' | 'kept'

export interface WatchedEvent {
  readonly moment: Moment
  readonly operation: string
  readonly key: string | undefined
  readonly uploadId: string | undefined
  /** 0 where it is about no part. */
  readonly partNumber: number
}

/** `beforeCommit`: OSS has all of it and did nothing yet; `afterCommit`: it is done, and the page does not know. */
export type HoldPoint = 'beforeAuth' | 'beforeCommit' | 'afterCommit'

export interface Hold {
  /** Resolves when a request stands there. */
  readonly reached: Promise<void>
  /** Ends the connections of those that stand there, without an answer, and lets others by. */
  drop(): void
}

type Obstacle = (point: HoldPoint, event: WatchedEvent) => void | Promise<void>

/** Sees what a local OSS is asked and what it keeps, in order, and can hold requests up. */
export function createWatch() {
  const events: WatchedEvent[] = []
  const obstacles = new Set<Obstacle>()
  const listeners = new Set<(event: WatchedEvent) => void | Promise<void>>()

  async function note(moment: Moment, target: Target): Promise<void> {
    const event = { ...eventOf(target), moment }
    events.push(event)
    for (const listener of [...listeners]) await listener(event)
  }

  async function pass(point: HoldPoint, target: Target): Promise<void> {
    const event = { ...eventOf(target), moment: 'asked' as const }
    for (const obstacle of [...obstacles]) await obstacle(point, event)
  }

  const faults: FaultSource = {
    async beforeAuth(target) {
      await note('asked', target)
      await pass('beforeAuth', target)
    },
    body(target, body) {
      void note('receiving', target)
      body.once('close', () => void note('received', target))
      return body
    },
    beforeCommit: (target) => pass('beforeCommit', target),
    async afterCommit(target) {
      await note('kept', target)
      await pass('afterCommit', target)
    },
  }

  return {
    faults,
    events: events as readonly WatchedEvent[],
    /** Calls back at every moment; the request waits for it. */
    listen(listener: (event: WatchedEvent) => void | Promise<void>): void {
      listeners.add(listener)
    },
    hold(point: HoldPoint, isMeant: (event: WatchedEvent) => boolean): Hold {
      let arrive = () => {}
      let open = () => {}
      const reached = new Promise<void>((resolve) => {
        arrive = resolve
      })
      const opened = new Promise<void>((resolve) => {
        open = resolve
      })
      const hold: Obstacle = async (where, event) => {
        if (where !== point || !isMeant(event)) return
        arrive()
        await opened
        throw new ConnectionDrop()
      }
      obstacles.add(hold)
      return {
        reached,
        drop() {
          obstacles.delete(hold)
          open()
        },
      }
    },
    /** Refuses what is meant with 503 until the function it returns is called. */
    refuse(isMeant: (event: WatchedEvent) => boolean): () => void {
      const refusal: Obstacle = (where, event) => {
        if (where !== 'beforeCommit' || !isMeant(event)) return
        throw new OssError(503, 'SlowDown', 'Please reduce your request rate.')
      }
      obstacles.add(refusal)
      return () => void obstacles.delete(refusal)
    },
  }
}

export type Watch = ReturnType<typeof createWatch>

function eventOf({ operation, key, query }: Target): Omit<WatchedEvent, 'moment'> {
  return {
    operation,
    key,
    uploadId: query.get('uploadId') ?? undefined,
    partNumber: Number(query.get('partNumber') ?? 0),
  }
}

export function isPartAfter(last: number): (event: WatchedEvent) => boolean {
  return ({ operation, partNumber }) => operation === 'UploadPart' && partNumber > last
}

export function isOperation(name: string): (event: WatchedEvent) => boolean {
  return ({ operation }) => operation === name
}

/**
 * What a visit did with the parts of earlier ones.
 *
 * @param since - How many events there were before the visit.
 */
export function partsOfVisit(events: readonly WatchedEvent[], since: number) {
  const asked = events.findIndex((event, i) => i >= since && isAsking('ListParts', event))
  const { uploadId } = events[asked] ?? {}
  const before = events
    .slice(0, Math.max(0, asked))
    .filter((event) => event.moment === 'kept' && event.uploadId === uploadId)
  // With the upload OSS forgets its parts.
  const isOver = before.some(({ operation }) => ENDINGS.has(operation))
  // What arrives after OSS was asked for its parts is sent again, and nobody's fault.
  const held = isOver ? [] : before.filter(isPart).map(({ partNumber }) => partNumber)
  const sent = events
    .slice(since)
    .filter((event) => event.moment === 'receiving' && isPart(event))
    .map(({ partNumber }) => partNumber)
  return {
    /** What OSS had of the upload when it was asked; empty where it was not. */
    held,
    sent,
    sentInVain: sent.filter((partNumber) => held.includes(partNumber)),
    pagesListed: events.slice(since).filter((event) => isAsking('ListParts', event)).length,
  }
}

const ENDINGS = new Set(['CompleteMultipartUpload', 'AbortMultipartUpload'])

function isPart({ operation }: WatchedEvent): boolean {
  return operation === 'UploadPart'
}

function isAsking(operation: string, event: WatchedEvent): boolean {
  return event.moment === 'asked' && event.operation === operation
}
