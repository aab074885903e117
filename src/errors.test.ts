import { describe, expect, it } from 'vitest'
import { causeWithoutRequest, OssNetworkError, OssServiceError } from './errors.js'

describe('an error', () => {
  it('carries what is known of the failure, and is of its class', () => {
    const cause = new TypeError('Failed to fetch')
    const error = new OssNetworkError('No answer.', { code: 'network', retryable: true, cause })
    expect(error).toMatchObject({
      name: 'OssNetworkError',
      code: 'network',
      retryable: true,
      cause,
    })
    expect(error.status).toBeUndefined()
    expect(Object.keys(error)).not.toContain('cause')
  })

  it('may be told in other words', () => {
    const facts = {
      code: 'already-exists',
      retryable: false,
      ossCode: 'FileAlreadyExists',
    } as const
    const refusal = new OssServiceError('Refused.', { ...facts, status: 409, requestId: 'r' })
    const told = new OssServiceError('It may be yours.', refusal)
    expect(told.message).toBe('It may be yours.')
    expect({ ...told }).toEqual({ ...refusal })
  })
})

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
