import type { Readable, Writable } from 'node:stream'
import type { CDPSession } from '@playwright/test'

/** Typed by Playwright's declarations of the protocol; Playwright itself is not on the way. */
export type Send = CDPSession['send']

export interface Cdp {
  /** Calls the browser, or the page of a session. @throws when the browser refuses, or is gone. */
  readonly session: (sessionId?: string) => Send
}

interface Reply {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Pending {
  readonly method: string
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

/** The DevTools protocol over the pipes of `--remote-debugging-pipe`: JSON, with a zero byte after each message. */
export function connectCdp(output: Readable, input: Writable): Cdp {
  const pending = new Map<number, Pending>()
  let lastId = 0
  let rest = ''

  output.setEncoding('utf8')
  output.on('data', (text: string) => {
    const messages = (rest + text).split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) settle(JSON.parse(message))
  })
  output.once('close', () => {
    for (const { method, reject } of pending.values()) {
      reject(new Error(`The browser ended before it answered ${method}.`))
    }
    pending.clear()
  })
  input.on('error', () => {})

  function settle({ id, result, error }: Reply): void {
    // Events have no id, and nobody here waits for one.
    const call = id === undefined ? undefined : pending.get(id)
    if (id === undefined || !call) return
    pending.delete(id)
    if (error) call.reject(new Error(`${call.method}: ${error.message}`))
    else call.resolve(result as never)
  }

  return {
    session: (sessionId) => (method, params) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        pending.set(id, { method, resolve, reject })
        input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
      }),
  }
}
