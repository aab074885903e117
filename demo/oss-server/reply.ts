import type { Readable } from 'node:stream'

/** An answer before it is written to the wire. */
export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string | Readable
  /** The error code, if it is one. */
  code?: string
}

export function xmlReply(body: string, headers: Record<string, string> = {}): Reply {
  return { status: 200, headers: { 'Content-Type': 'application/xml', ...headers }, body }
}
