import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createOriginGuard } from './origin-guard.js'

const publicUrl = new URL('https://demo.example.com')

function admits(headers: Record<string, string>, allowedOrigins: string[] = []): boolean {
  const request = new IncomingMessage(new Socket())
  Object.assign(request.headers, headers)
  const guard = createOriginGuard({ publicUrl, allowedOrigins: new Set(allowedOrigins) })
  try {
    guard.admit(request, new ServerResponse(request))
    return true
  } catch {
    return false
  }
}

describe('behind a proxy that speaks https', () => {
  it.each([
    { host: 'demo.example.com', origin: 'https://demo.example.com' },
    { host: 'localhost:5173', origin: 'https://demo.example.com' },
    { host: 'demo.example.com' },
    { host: 'demo.example.com', 'sec-fetch-site': 'none' },
  ])('admits its own page: %j', (headers) => {
    expect(admits(headers)).toBe(true)
  })

  it.each([
    { host: 'demo.example.com', origin: 'http://demo.example.com' },
    { host: 'demo.example.com:8443', origin: 'https://demo.example.com:8443' },
    {
      host: 'demo.example.com',
      origin: 'https://demo.example.com',
      'sec-fetch-site': 'cross-site',
    },
    { host: '', origin: 'https://demo.example.com' },
  ])('refuses %j', (headers) => {
    expect(admits(headers)).toBe(false)
  })

  it('answers under the host of an allowed origin too', () => {
    const headers = { host: 'intranet:8080', origin: 'http://intranet:8080' }
    expect(admits(headers)).toBe(false)
    expect(admits(headers, ['http://intranet:8080'])).toBe(true)
  })
})
