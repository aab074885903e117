import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import type { LookupFunction } from 'node:net'
import { text } from 'node:stream/consumers'

/** How the tests of this server ask it: with any header, those included that `fetch` would set or drop by itself. */
export interface Question {
  method?: string
  headers?: Record<string, string>
  body?: string
  cookie?: string
}

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** Empty unless the answer is JSON. */
  json: Record<string, string>
}

const lookup: LookupFunction = (_hostname, { all }, found) => {
  if (all) found(null, [{ address: '127.0.0.1', family: 4 }])
  else found(null, '127.0.0.1', 4)
}

/** Finds `<bucket>.localhost` on this machine without asking a name server, as browsers do. */
export function loopbackAgent(): Agent {
  return new Agent({ lookup })
}

export function ask(url: string, question: Question = {}): Promise<Reply> {
  const { method = 'GET', headers, body, cookie } = question
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      agent: loopbackAgent(),
      headers: { ...headers, ...(cookie ? { cookie } : {}) },
    })
    sent.once('error', reject)
    sent.once('response', async (response) => {
      const content = await text(response)
      const isJson = response.headers['content-type']?.startsWith('application/json')
      const json = isJson && content ? JSON.parse(content) : {}
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: content, json })
    })
    sent.end(body)
  })
}

/** As our own page asks for credentials. */
export function askForCredentials(url: string, question: Question & { reason?: string } = {}) {
  const { reason = 'first', headers, ...rest } = question
  return ask(`${url}/api/oss/credentials`, {
    method: 'POST',
    body: JSON.stringify({ reason }),
    ...rest,
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers },
  })
}

/** The session cookie of an answer, as the browser would send it back. */
export function cookieOf(reply: Reply): string {
  return reply.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? ''
}
