import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Reply } from './reply.js'

/** Writes an answer to the wire, with the headers that every answer of a server has. */
export async function sendReply(
  outgoing: ServerResponse,
  reply: Reply,
  common: Record<string, string>,
): Promise<void> {
  const { status, headers, body = '' } = reply
  if (typeof body === 'string') {
    const hasLength = status !== 204 && status !== 304 && !headers?.['Content-Length']
    // As bytes: Node would write the headers in the encoding of a text that goes with them.
    const bytes = Buffer.from(body, 'utf8')
    const length = { 'Content-Length': String(bytes.length) }
    outgoing.writeHead(status, { ...common, ...(hasLength ? length : {}), ...headers })
    outgoing.end(bytes)
    return
  }
  outgoing.writeHead(status, { ...common, ...headers })
  // A reader who leaves early is no error of ours.
  await pipeline(body, outgoing).catch(() => outgoing.destroy())
}
