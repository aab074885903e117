import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createSessions, type SessionsOptions } from './sessions.js'

function visit(options: SessionsOptions, cookie?: string) {
  const request = new IncomingMessage(new Socket())
  if (cookie !== undefined) request.headers.cookie = cookie
  const response = new ServerResponse(request)
  const sessions = createSessions(options)
  const before = sessions.userOf(request)
  const user = sessions.begin(request, response)
  return { before, user, setCookie: response.getHeader('Set-Cookie') }
}

describe('createSessions', () => {
  it('marks the cookie for https and for this host alone where the page is served by https', () => {
    const { setCookie } = visit({ secure: true, user: undefined })
    expect(setCookie).toMatch(/^__Host-oss_demo_session=[\w-]{22}; Path=\/; .*; Secure$/)
  })

  it('does not take the cookie of plain http for one of https', () => {
    const id = 'A'.repeat(22)
    const plain = visit({ secure: false, user: undefined }, `oss_demo_session=${id}`)
    expect(plain.before).toBe(plain.user)
    expect(plain.setCookie).toBeUndefined()
    expect(
      visit({ secure: true, user: undefined }, `oss_demo_session=${id}`).before,
    ).toBeUndefined()
  })

  it('derives a user id that fits a key and does not give the session away', () => {
    const id = 'A'.repeat(22)
    const { user } = visit({ secure: false, user: undefined }, `oss_demo_session=${id}`)
    expect(user).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
    expect(user).not.toContain(id)
  })
})
