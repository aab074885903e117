import type { IncomingMessage } from 'node:http'
import { HttpError } from './http-error.js'

const MAX_BODY_BYTES = 4 * 1024

/** Reads a small JSON object. Other types are refused: a form of another site can send those without asking first. */
export async function readJsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'unsupported_media_type', 'Send Content-Type: application/json.')
  }
  const pieces: Buffer[] = []
  let size = 0
  // Leaving the loop early must not take the connection down: the refusal still has to go out on it.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    size += piece.length
    if (size > MAX_BODY_BYTES) throw new HttpError(413, 'body_too_large', 'The body is too large.')
    pieces.push(piece)
  }
  const value = parse(Buffer.concat(pieces).toString('utf8'))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notAnObject()
  return { ...value }
}

function parse(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw notAnObject()
  }
}

function notAnObject(): HttpError {
  return new HttpError(400, 'bad_request', 'The body must be a JSON object.')
}
