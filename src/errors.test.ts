import { describe, expect, it } from 'vitest'
import { causeWithoutRequest } from './errors.js'

describe('a cause', () => {
  it('never brings the request along, which holds the signature and the token', () => {
    const behind = new TypeError('Failed to fetch')
    const request = new Request('https://b.oss.example.com/?secret', {
      headers: { 'x-oss-security-token': 'token' },
    })
    const told = Object.assign(new Error(`GET ${request.url}`, { cause: behind }), { request })
    expect(causeWithoutRequest(told)).toBe(behind)
    expect(causeWithoutRequest(Object.assign(new Error('x'), { request }))).toBeUndefined()
  })

  it('may be an error of the platform', () => {
    const aborted = new DOMException('too late', 'TimeoutError')
    expect(causeWithoutRequest(aborted)).toBe(aborted)
    expect(causeWithoutRequest('anything else')).toBeUndefined()
  })
})
