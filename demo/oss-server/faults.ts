import type { Readable } from 'node:stream'
import type { Reply } from './reply.js'

/** The request a fault may be meant for. */
export interface FaultTarget {
  operation: string
  method: string
  bucket?: string
  key?: string
  query: URLSearchParams
  /** Of a preflight: the operation the browser asks for. */
  preflightOf?: string
}

/**
 * Where trouble can be made on purpose, in the order a request passes. A point may throw an `OssError` (that is the
 * answer then) or a `ConnectionDrop` (there is none).
 */
export interface FaultSource {
  beforeAuth?(target: FaultTarget): void | Promise<void>
  /** May hand on other bytes, slower ones, or fewer. */
  body?(target: FaultTarget, body: Readable): Readable
  /** Everything is received and checked, nothing is stored. */
  beforeCommit?(target: FaultTarget): void | Promise<void>
  /** Stored, and the client does not know yet. */
  afterCommit?(target: FaultTarget): void | Promise<void>
  /** Sees every answer, errors and preflights included. */
  response?(target: FaultTarget, reply: Reply): Reply | Promise<Reply>
}

/** Ends the connection without an answer. */
export class ConnectionDrop extends Error {
  override readonly name = 'ConnectionDrop'
}
