import type { Transport, TransportReply, TransportRequest } from '../environment.js'
import { OssNetworkError, OssTimeoutError } from '../errors.js'
import type { Piece } from './content.js'
import { damaged } from './content.js'
import { type Fault, type FaultName, faultOf } from './faults.js'
import type { Life } from './life.js'
import { type Asked, nameOf, readRequest } from './operation.js'
import { simulated } from './simulated-file.js'
import type { World } from './world.js'

/** A request that was taken back, or whose tab has died, may have left all the same. */
const LEFT_ALL_THE_SAME = 0.5

interface Exchange {
  readonly asked: Asked
  readonly fault: FaultName | undefined
  readonly hasEnded: () => boolean
  readonly finish: (how: () => void) => void
  readonly resolve: (reply: TransportReply) => void
  readonly reject: (error: unknown) => void
}

/**
 * The line from one tab to OSS.
 *
 * @param parallel - Requests in flight at a time, at most.
 */
export function createNetwork(world: World, life: Life, parallel: number): Transport {
  const { chance, witness, log, trouble } = world
  const latency = () => chance.network.between(1, world.isHealed ? 20 : trouble.latencyMs)

  function begin(exchange: Exchange): void {
    const { asked, hasEnded } = exchange
    const { body, onProgress } = asked.request
    const upMs = latency()
    const steps = typeof body === 'object' ? chance.network.between(1, 3) : 0
    for (let step = 1; step <= steps; step++) {
      const sent = typeof body === 'object' ? Math.floor((body.size * step) / steps) : 0
      life.clock.after((upMs * step) / (steps + 1), () => {
        if (!hasEnded()) onProgress?.(sent)
      })
    }
    const leaves = chance.network.happens(LEFT_ALL_THE_SAME)
    world.clock.after(upMs, () => {
      if (leaves || !(hasEnded() || life.isDead())) arrive(exchange)
    })
  }

  function arrive(exchange: Exchange): void {
    const { asked, fault } = exchange
    const line = isOffline(world) ? 'offline' : fault
    const { commits, damages, aborts } = line === 'offline' ? OFFLINE : faultFor(line)
    const body = readBody(asked.request)
    if (line) {
      witness.metFault(line, asked)
      log(() => `  ${line}: ${nameOf(asked)}`)
    }
    if (aborts) world.oss.uploads.delete(asked.uploadId)
    const isSent = commits && body !== 'unreadable'
    const own = isSent
      ? world.oss.answer(asked, damages && typeof body === 'object' ? damaged(body) : body)
      : undefined
    if (own) log(() => `  OSS: ${nameOf(asked)} ${own.status} ${codeIn(own)}`)
    const ends = line === 'offline' || body === 'unreadable' ? 'reset' : faultFor(line).ends
    life.clock.after(latency(), () => end(exchange, ends, own))
  }

  function end(
    { asked, fault, finish, resolve, reject }: Exchange,
    ends: Fault['ends'],
    own: TransportReply | undefined,
  ): void {
    if (ends === 'reset') {
      finish(() => reject(brokenLine()))
      return
    }
    if (ends === 'silence') {
      life.clock.after(asked.request.stallMs, () => finish(() => reject(stalled())))
      return
    }
    const answer = faultFor(fault).answer
    const reply = answer ? answer(own ?? NO_REPLY) : (own ?? NO_REPLY)
    finish(() => {
      witness.delivered(life, asked, reply, fault)
      resolve(reply)
    })
  }

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        request.signal.throwIfAborted()
        const asked = readRequest(request)
        let hasEnded = false
        const onAbort = () => finish(() => reject(request.signal.reason))
        function finish(how: () => void): void {
          if (hasEnded) return
          hasEnded = true
          request.signal.removeEventListener('abort', onAbort)
          witness.ended(life)
          how()
        }
        request.signal.addEventListener('abort', onAbort)
        log(() => `${life.name}: ${nameOf(asked)}`)
        witness.sent(life, asked, parallel)
        const fault = drawFault(world, asked)
        begin({ asked, fault, hasEnded: () => hasEnded, finish, resolve, reject })
      }),
  }
}

const OFFLINE: Fault = { commits: false, ends: 'reset' }
const NONE: Fault = { commits: true, ends: 'answer' }
const NO_REPLY: TransportReply = { status: 503, body: '', header: () => undefined }

function faultFor(name: FaultName | undefined): Fault {
  return name ? faultOf(name) : NONE
}

function drawFault({ trouble, chance, isHealed }: World, asked: Asked): FaultName | undefined {
  if (isHealed) return undefined
  for (const [name, rate] of trouble.faults) {
    const { hits } = faultOf(name)
    if (hits && !hits.includes(asked.operation)) continue
    if (chance.network.happens(rate)) return name
  }
  return undefined
}

function isOffline({ isHealed, trouble, clock, startMs }: World): boolean {
  const ms = clock.now() - startMs
  return !isHealed && trouble.offline.some(([from, to]) => ms >= from && ms < to)
}

function readBody({ body }: TransportRequest): Piece | string | undefined | 'unreadable' {
  if (typeof body !== 'object') return body
  const file = simulated(body)
  return file.isReadable ? file.piece : 'unreadable'
}

function codeIn(reply: TransportReply): string {
  return /<Code>(\w+)</.exec(reply.body)?.[1] ?? ''
}

function brokenLine(): OssNetworkError {
  return new OssNetworkError('The line broke.', { code: 'network', retryable: true })
}

function stalled(): OssTimeoutError {
  return new OssTimeoutError('No byte moved.', { code: 'timeout', retryable: true })
}
